package dev.gapless.gateway.internal.settings;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * Addresses with a common beginning, as in {@code 10.1.0.0/16}. Immutable.
 *
 * @param bits so many are common
 */
public record Network(InetAddress first, int bits) {
    private static final String BYTE = "(?:25[0-5]|2[0-4]\\d|[01]?\\d?\\d)";
    /** What Java looks up as a name is no address: it has a colon and begins with one or a digit, or is four bytes. */
    private static final Pattern ADDRESS =
            Pattern.compile(BYTE + "(?:\\." + BYTE + "){3}|(?=[^:]*:)[0-9a-fA-F:][0-9a-fA-F:.]*");

    /** Reads one, or a single address. Throws IllegalArgumentException. */
    static Network parse(String text) {
        String[] parts = text.split("/", -1);
        InetAddress first = address(parts[0]);
        int most = Byte.SIZE * first.getAddress().length;
        int bits = parts.length == 2 ? Integer.parseInt(parts[1]) : most;
        if (parts.length > 2 || bits < 0 || bits > most) {
            throw new IllegalArgumentException(text + " is no network such as 10.1.0.0/16");
        }
        return new Network(first, bits);
    }

    private static InetAddress address(String text) {
        if (!ADDRESS.matcher(text).matches()) {
            throw new IllegalArgumentException(text + " is no address such as 10.1.0.7");
        }
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(text + " is no address such as 10.1.0.7", e);
        }
    }

    public static boolean isAddress(String text) {
        try {
            return address(text) != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Is it one of these? False for what is no address. */
    public boolean has(String text) {
        byte[] own = first.getAddress();
        byte[] other;
        try {
            other = address(text).getAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
        if (own.length != other.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> bit % Byte.SIZE;
            if (((own[bit / Byte.SIZE] ^ other[bit / Byte.SIZE]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }
}
