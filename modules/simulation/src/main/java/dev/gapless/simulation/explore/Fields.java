package dev.gapless.simulation.explore;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;

/** The fields of objects of ours. */
final class Fields {
    private Fields() {}

    /** Those of that class, and those that it inherits, which come first. */
    static List<Field> of(Class<?> type) {
        Class<?> above = type.getSuperclass();
        List<Field> all =
                new ArrayList<>(above != null && above.getName().startsWith("dev.gapless.") ? of(above) : List.of());
        all.addAll(List.of(type.getDeclaredFields()));
        return all;
    }
}
