package dev.gapless.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZonedDateTime;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the first member in which a message that was read back differs from the one that was written. A class that has {@code equals} is
 * asked; what it takes for equal may still have members of another class, as a generic member has that was read without its class. An object
 * of another class is no difference if each of the two says that it equals the other, as lists do.
 *
 * <p>Calls methods of the application, which may throw. Not thread-safe, for one use.
 */
final class Comparison {
    private static final int MOST_DEPTH = 100;
    private static final int MOST_PAIRS = 100_000;
    private static final int LONGEST_VALUE = 80;

    /** Classes that are asked whether they are equal, and whose fields are no concern of the application. */
    private static final List<String> FOREIGN =
            List.of("java.", "javax.", "jdk.", "sun.", "scala.", "org.apache.pekko.");

    private static final String WRITE_THE_CLASS =
            "Declare the member with its class, or let the class be written (@JsonTypeInfo)";
    private static final String WRITE_THE_MEMBER =
            "Let the serializer write the member, and read it (@JsonProperty, a parameter of the constructor)";
    private static final String KEEP_THE_ZONE =
            "Use Instant, or set ADJUST_DATES_TO_CONTEXT_TIME_ZONE = off under pekko.serialization.jackson.deserialization-features,"
                    + " and for the name of a zone WRITE_DATES_WITH_ZONE_ID = on under serialization-features, on all nodes";

    private final boolean classes;
    private final boolean always;
    private boolean undecided;
    private int pairs;

    /**
     * Begins.
     *
     * @param classes whether members of another class count in what says that it is equal. A serializer that reads into what it finds in the
     *     message makes such members; what others make there is theirs
     * @param always whether the values of members count in classes that have no {@code equals}, too
     */
    Comparison(boolean classes, boolean always) {
        this.classes = classes;
        this.always = always;
    }

    /** The first difference, or null if none was found. */
    @Nullable Difference find(Object written, Object read) {
        return compare("", written, read, true, 0);
    }

    /** Was there something that nobody can compare but by its bytes? */
    boolean isUndecided() {
        return undecided;
    }

    /** Nobody can compare it but by its bytes. */
    void giveUp() {
        undecided = true;
    }

    /** @param values false if only classes count: something above says that it is equal, or has no {@code equals} */
    private @Nullable Difference compare(
            String path, @Nullable Object written, @Nullable Object read, boolean values, int depth) {
        if (written == read) {
            return null;
        }
        if (written == null || read == null) {
            return values
                    ? new Difference(
                            path, "is " + shown(written) + ", and comes back as " + shown(read), WRITE_THE_MEMBER)
                    : null;
        }
        if (depth > MOST_DEPTH || ++pairs > MOST_PAIRS) {
            return undecided();
        }
        if (written instanceof JsonNode tree && read instanceof JsonNode other) {
            return tree.equals(Comparison::compareLeaves, other) ? null : undecided();
        }
        if (written.getClass().isArray() && written.getClass() == read.getClass()) {
            return inArray(path, written, read, values, depth);
        }
        if (written instanceof Map<?, ?> map && read instanceof Map<?, ?> other) {
            return inMap(path, map, other, values, depth);
        }
        if (written instanceof Set<?> set && read instanceof Set<?> other) {
            return inSet(path, set, other, values);
        }
        if (written instanceof Collection<?> all && read instanceof Collection<?> other) {
            return inOrder(path, all, other, values, depth);
        }
        if (written instanceof Optional<?> some && read instanceof Optional<?> other) {
            return compare(path, some.orElse(null), other.orElse(null), values, depth + 1);
        }
        if (classOf(written) != classOf(read)) {
            return written.equals(read) && read.equals(written) ? null : ofClass(path, written, read);
        }
        return hasFieldsOfTheApplication(written)
                ? inFields(path, written, read, values, depth)
                : asked(path, written, read, values);
    }

    private @Nullable Difference asked(String path, Object written, Object read, boolean values) {
        if (!values || written.equals(read)) {
            return null;
        }
        return hasEquals(written.getClass()) ? ofValue(path, written, read) : undecided();
    }

    private @Nullable Difference inFields(String path, Object written, Object read, boolean values, int depth) {
        boolean hasEquals = hasEquals(written.getClass());
        boolean equal = values && hasEquals && written.equals(read);
        boolean valuesOfFields = values && !equal && (hasEquals || always);
        if (!valuesOfFields && !classes) {
            return values && !equal ? undecided() : null;
        }
        for (Field field : fieldsOf(written.getClass())) {
            if (field.getType().isPrimitive() && !valuesOfFields) {
                continue;
            }
            if (!field.trySetAccessible()) {
                undecided = true;
                continue;
            }
            String below = path.isEmpty() ? field.getName() : path + "." + field.getName();
            Difference found = compare(below, get(field, written), get(field, read), valuesOfFields, depth + 1);
            if (found != null) {
                return found;
            }
        }
        return values && !equal && !always ? undecided() : null;
    }

    /** Those that serializers write, those of the class above it, too. */
    private static List<Field> fieldsOf(Class<?> type) {
        List<Field> fields = new ArrayList<>();
        for (Class<?> each = type; each != null && each != Object.class; each = each.getSuperclass()) {
            for (Field field : each.getDeclaredFields()) {
                int modifiers = field.getModifiers();
                if (!Modifier.isStatic(modifiers) && !Modifier.isTransient(modifiers) && !field.isSynthetic()) {
                    fields.add(field);
                }
            }
        }
        return fields;
    }

    private static @Nullable Object get(Field field, Object of) {
        try {
            return field.get(of);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private @Nullable Difference inArray(String path, Object written, Object read, boolean values, int depth) {
        int length = Array.getLength(written);
        if (length != Array.getLength(read)) {
            return values ? ofSize(path, length, Array.getLength(read)) : null;
        }
        if (written.getClass().getComponentType().isPrimitive() && !values) {
            return null;
        }
        for (int i = 0; i < length; i++) {
            Difference found =
                    compare(path + "[" + i + "]", Array.get(written, i), Array.get(read, i), values, depth + 1);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private @Nullable Difference inOrder(
            String path, Collection<?> written, Collection<?> read, boolean values, int depth) {
        if (written.size() != read.size()) {
            return values ? ofSize(path, written.size(), read.size()) : null;
        }
        Iterator<?> others = read.iterator();
        int i = 0;
        for (Object one : written) {
            Difference found =
                    compare(path + "[" + i++ + "]", one, others.hasNext() ? others.next() : null, values, depth + 1);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private @Nullable Difference inMap(String path, Map<?, ?> written, Map<?, ?> read, boolean values, int depth) {
        Difference keys = inSet(path, written.keySet(), read.keySet(), values);
        if (keys != null) {
            return keys;
        }
        for (Map.Entry<?, ?> entry : written.entrySet()) {
            if (!read.containsKey(entry.getKey())) {
                continue; // undecided
            }
            Difference found = compare(
                    path + "[" + shown(entry.getKey()) + "]",
                    entry.getValue(),
                    read.get(entry.getKey()),
                    values,
                    depth + 1);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** Its elements have no order: if one is missing among those that were read, all that can be said is whether any has its class. */
    private @Nullable Difference inSet(String path, Set<?> written, Set<?> read, boolean values) {
        if (written.size() != read.size()) {
            return values ? ofSize(path, written.size(), read.size()) : null;
        }
        for (Object one : written) {
            if (one != null && !read.contains(one)) {
                Optional<?> other = read.stream().filter(Objects::nonNull).findFirst();
                if (other.isPresent()
                        && read.stream().noneMatch(each -> each != null && classOf(each) == classOf(one))) {
                    return ofClass(path + "[" + shown(one) + "]", one, other.get());
                }
                undecided = true;
            }
        }
        return null;
    }

    private @Nullable Difference undecided() {
        undecided = true;
        return null;
    }

    // -------------------------------------------------------------- what is known of a class

    /** Of a constant of an enum that of the enum. */
    private static Class<?> classOf(Object object) {
        return object instanceof Enum<?> constant ? constant.getDeclaringClass() : object.getClass();
    }

    private static boolean hasEquals(Class<?> type) {
        try {
            return type.getMethod("equals", Object.class).getDeclaringClass() != Object.class;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A number of JSON is read as the smallest kind that has room for it, and bytes are read as text. */
    private static int compareLeaves(JsonNode written, JsonNode read) {
        return written.isNumber() && read.isNumber()
                ? new BigDecimal(written.asText()).compareTo(new BigDecimal(read.asText()))
                : written.asText().compareTo(read.asText());
    }

    private static boolean hasFieldsOfTheApplication(Object object) {
        String name = object.getClass().getName();
        return !(object instanceof Enum) && FOREIGN.stream().noneMatch(name::startsWith);
    }

    // -------------------------------------------------------------- differences

    private static Difference ofClass(String path, Object written, Object read) {
        return new Difference(
                path,
                "is of " + classOf(written).getName() + ", and comes back of "
                        + classOf(read).getName(),
                WRITE_THE_CLASS);
    }

    private static Difference ofSize(String path, int written, int read) {
        return new Difference(path, "has " + written + " elements, and comes back with " + read, WRITE_THE_MEMBER);
    }

    private static Difference ofValue(String path, Object written, Object read) {
        boolean hasZone = written instanceof ZonedDateTime
                || written instanceof OffsetDateTime
                || written instanceof OffsetTime
                || written instanceof Calendar;
        return new Difference(
                path,
                "is " + shown(written) + ", and comes back as " + shown(read),
                hasZone ? KEEP_THE_ZONE : WRITE_THE_MEMBER);
    }

    /** Of what an application has made only the class: what it says may be long, secret, or wrong. */
    private static String shown(@Nullable Object object) {
        if (object == null) {
            return "null";
        }
        if (object instanceof CharSequence text) {
            return "a text of " + text.length() + " characters";
        }
        if (object instanceof Enum<?> constant) {
            return constant.name();
        }
        boolean isPlain = object instanceof Number || object instanceof Temporal || object instanceof Calendar;
        if (!isPlain || hasFieldsOfTheApplication(object)) {
            return "of " + object.getClass().getName();
        }
        String text = object.toString();
        return text.length() > LONGEST_VALUE ? text.substring(0, LONGEST_VALUE) + "..." : text;
    }
}
