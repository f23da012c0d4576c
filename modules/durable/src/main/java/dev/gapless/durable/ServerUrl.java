package dev.gapless.durable;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The URL of a database server, in two parts: where it is, which may be shown, and its parameters, which may be secret. Drivers and pools put
 * the URL that they are given into what they log and throw, so they are given the first part, and the parameters apart from it. Immutable.
 *
 * @param place the URL without parameters
 * @param parameters by name
 */
record ServerUrl(String place, Map<String, String> parameters) {
    static final String FORM = "jdbc:postgresql://HOST:PORT/DATABASE?PARAMETER=VALUE&…";

    /** What a place has none of: it would be a password, or a parameter in the wrong place. */
    private static final Pattern NO_PLACE = Pattern.compile("[@;&\\s]");

    /** Throws IllegalArgumentException that says what is wrong, and shows nothing of the URL. */
    static ServerUrl parse(String url) {
        int end = url.indexOf('?');
        String place = end < 0 ? url : url.substring(0, end);
        if (!place.startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException("it is no URL of the form " + FORM);
        } else if (NO_PLACE.matcher(place).find()) {
            throw new IllegalArgumentException(
                    "it has one of @ ; & or a space in front of its parameters. It is of the form " + FORM
                            + "; user and password are settings of their own");
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String one : end < 0 ? new String[0] : url.substring(end + 1).split("&")) {
            String[] both = one.split("=", 2);
            if (!both[0].isEmpty()) {
                parameters.put(decoded(both[0]), both.length == 1 ? "" : decoded(both[1]));
            }
        }
        return new ServerUrl(place, Map.copyOf(parameters));
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "one of its parameters has a % that two hexadecimal digits do not follow");
        }
    }
}
