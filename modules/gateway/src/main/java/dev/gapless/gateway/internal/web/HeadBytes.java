package dev.gapless.gateway.internal.web;

import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;

/** What the head of a request takes in the heap, estimated. */
final class HeadBytes {
    /** The status of one for which there is no room. */
    static final int OVER_BUDGET = HttpStatus.TOO_MANY_REQUESTS_429;

    static final String NO_ROOM =
            "Clients of this address hold most of the memory that gapless.gateway.budget allows: end some of their connections,"
                    + " or try again later";

    /** A field has two texts, and a place in an array. */
    private static final int FIELD_BYTES = 144;
    /** A text is there as it was read, and as it was put together. */
    private static final int COPIES = 2;

    private HeadBytes() {}

    static long ofLength(long length) {
        return COPIES * length;
    }

    static long ofText(String text) {
        return ofLength(text.length());
    }

    static long of(HttpField field) {
        String value = field.getValue();
        return FIELD_BYTES + ofText(field.getName()) + (value == null ? 0 : ofText(value));
    }

    static long of(HttpFields fields) {
        long bytes = 0;
        for (HttpField field : fields) {
            bytes += of(field);
        }
        return bytes;
    }

    static HttpException.RuntimeException tooMany(int most) {
        return new HttpException.RuntimeException(
                HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE_431,
                "The head has more fields than gapless.gateway.max-header-fields allows: " + most);
    }
}
