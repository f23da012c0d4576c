package dev.gapless.simulation.explore;

import dev.gapless.core.TopicSettings;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.log.Slice;
import dev.gapless.core.node.NodeSettings;
import dev.gapless.simulation.inside.Inside;
import dev.gapless.simulation.oracle.Oracle;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What every object held that can be reached from a root, to be put back later: into the same objects, which stay who they are.
 * Nothing is copied but what can change: fields that are not final, and what is in collections.
 */
final class WorldSnapshot {
    private static final ClassValue<Holder> HOLDERS = new ClassValue<>() {
        @Override
        protected Holder computeValue(Class<?> type) {
            return Holder.of(type);
        }
    };

    private final Met met = new Met();
    private Object[] objects = new Object[256];
    private Holder[] holders = new Holder[256];
    private int count;
    private long[] numbers = new long[256];
    private int numbersCount;
    private @Nullable Object[] references = new Object[512];
    private int referencesCount;

    /** Remembers what is there now, but for what can be reached by way of the strangers alone. */
    void keep(Object root, Consumer<Consumer<Object>> strangers) {
        met.clear();
        count = 0;
        numbersCount = 0;
        referencesCount = 0;
        strangers.accept(met::meet);
        visit(root);
        for (int i = 0; i < count; i++) {
            holders[i].keep(objects[i], this);
        }
    }

    /** Puts it back. May be done any number of times. */
    void putBack() {
        numbersCount = 0;
        referencesCount = 0;
        for (int i = 0; i < count; i++) {
            holders[i].putBack(objects[i], this);
        }
    }

    private void visit(@Nullable Object object) {
        if (object == null) {
            return;
        }
        Holder holder = HOLDERS.get(object.getClass());
        if (holder != Holder.CONSTANT && met.meet(object) < 0) {
            if (count == objects.length) {
                objects = Arrays.copyOf(objects, 2 * count);
                holders = Arrays.copyOf(holders, 2 * count);
            }
            holders[count] = holder;
            objects[count++] = object;
        }
    }

    private void number(long number) {
        if (numbersCount == numbers.length) {
            numbers = Arrays.copyOf(numbers, 2 * numbersCount);
        }
        numbers[numbersCount++] = number;
    }

    private long number() {
        return numbers[numbersCount++];
    }

    private void reference(@Nullable Object object) {
        if (referencesCount == references.length) {
            references = Arrays.copyOf(references, 2 * referencesCount);
        }
        references[referencesCount++] = object;
        visit(object);
    }

    private @Nullable Object reference() {
        return references[referencesCount++];
    }

    /** How objects of one class hold what they hold. */
    private abstract static class Holder {
        /** Nothing in it ever changes. */
        static final Holder CONSTANT = new Holder() {
            @Override
            void keep(Object object, WorldSnapshot snapshot) {}

            @Override
            void putBack(Object object, WorldSnapshot snapshot) {}
        };

        private static final List<Class<?>> CONSTANTS = List.of(
                Number.class,
                String.class,
                Boolean.class,
                Enum.class,
                byte[].class, // messages: what is there stays, and what is written behind it counts only beyond the
                // head
                Slice.class,
                BitSet.class, // which slots were looked at: never written to again
                OptionalLong.class,
                TopicSettings.class,
                NodeSettings.class,
                Outbox.class, // empty between two actions
                Configuration.class,
                Configuration.Host.class,
                Oracle.class, // keeps nothing: what is true is the world's
                Lock.class); // nobody holds one between two actions

        abstract void keep(Object object, WorldSnapshot snapshot);

        abstract void putBack(Object object, WorldSnapshot snapshot);

        static Holder of(Class<?> type) {
            if (type == AtomicLong.class) {
                return new OfAtomicLong();
            } else if (isConstant(type)) {
                return CONSTANT;
            } else if (type == int[].class) {
                return new OfInts();
            } else if (type == long[].class) {
                return new OfLongs();
            } else if (type == AtomicIntegerArray.class) {
                return new OfAtomicInts();
            } else if (type == AtomicReferenceArray.class) {
                return new OfSlots();
            } else if (Map.class.isAssignableFrom(type)) {
                return new OfMap(isUnmodifiable(type));
            } else if (Collection.class.isAssignableFrom(type)) {
                return new OfCollection(isUnmodifiable(type));
            } else if (type.getName().startsWith("dev.gapless.")) {
                return new OfFields(type);
            }
            throw new IllegalStateException("It is not known how " + type + " is put back");
        }

        private static boolean isConstant(Class<?> type) {
            return type.isPrimitive()
                    || CONSTANTS.stream().anyMatch(constant -> constant.isAssignableFrom(type))
                    || Inside.OF_SIMULATED.constants().contains(type)
                    || (type.isRecord()
                            && Arrays.stream(type.getRecordComponents()).allMatch(part -> isConstant(part.getType())))
                    || (type.isSealed()
                            && Modifier.isAbstract(type.getModifiers())
                            && Arrays.stream(type.getPermittedSubclasses()).allMatch(Holder::isConstant));
        }

        private static boolean isUnmodifiable(Class<?> type) {
            return type.getName().startsWith("java.util.ImmutableCollections")
                    || type.getName().startsWith("java.util.Collections$Unmodifiable");
        }
    }

    private static final class OfFields extends Holder {
        private final List<Field> longs = new ArrayList<>();
        private final List<Field> ints = new ArrayList<>();
        private final List<Field> booleans = new ArrayList<>();
        private final List<Field> references = new ArrayList<>();
        private final List<Field> finals = new ArrayList<>();

        OfFields(Class<?> type) {
            for (Field field : Fields.of(type)) {
                boolean isFinal = Modifier.isFinal(field.getModifiers());
                boolean isConstant =
                        isFinal && field.getType() != AtomicLong.class && Holder.isConstant(field.getType());
                if (!Modifier.isStatic(field.getModifiers()) && !isConstant) {
                    field.setAccessible(true);
                    (isFinal ? finals : fieldsLike(field.getType())).add(field);
                }
            }
        }

        private List<Field> fieldsLike(Class<?> type) {
            if (type == long.class) {
                return longs;
            } else if (type == int.class) {
                return ints;
            } else if (type == boolean.class) {
                return booleans;
            } else if (!type.isPrimitive()) {
                return references;
            }
            throw new IllegalStateException("It is not known how a field of type " + type + " is put back");
        }

        @Override
        void keep(Object object, WorldSnapshot snapshot) {
            try {
                for (Field field : longs) {
                    snapshot.number(field.getLong(object));
                }
                for (Field field : ints) {
                    snapshot.number(field.getInt(object));
                }
                for (Field field : booleans) {
                    snapshot.number(field.getBoolean(object) ? 1 : 0);
                }
                for (Field field : references) {
                    snapshot.reference(field.get(object));
                }
                for (Field field : finals) {
                    snapshot.visit(field.get(object));
                }
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        void putBack(Object object, WorldSnapshot snapshot) {
            try {
                for (Field field : longs) {
                    field.setLong(object, snapshot.number());
                }
                for (Field field : ints) {
                    field.setInt(object, (int) snapshot.number());
                }
                for (Field field : booleans) {
                    field.setBoolean(object, snapshot.number() != 0);
                }
                for (Field field : references) {
                    field.set(object, snapshot.reference());
                }
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static final class OfMap extends Holder {
        private final boolean unmodifiable;

        OfMap(boolean unmodifiable) {
            this.unmodifiable = unmodifiable;
        }

        @Override
        void keep(Object object, WorldSnapshot snapshot) {
            Map<?, ?> map = (Map<?, ?>) object;
            snapshot.number(map.size());
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                snapshot.reference(entry.getKey());
                snapshot.reference(entry.getValue());
            }
        }

        @Override
        @SuppressWarnings("unchecked") // what came out of it goes in again
        void putBack(Object object, WorldSnapshot snapshot) {
            int size = (int) snapshot.number();
            int first = snapshot.referencesCount;
            snapshot.referencesCount += 2 * size;
            Map<@Nullable Object, @Nullable Object> map = (Map<@Nullable Object, @Nullable Object>) object;
            if (unmodifiable || holds(map, size, snapshot.references, first)) {
                return;
            }
            map.clear();
            for (int i = first; i < snapshot.referencesCount; i += 2) {
                map.put(snapshot.references[i], snapshot.references[i + 1]);
            }
        }

        private static boolean holds(Map<?, ?> map, int size, @Nullable Object[] expected, int first) {
            int at = first;
            if (map.size() != size) {
                return false;
            }
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                if (entry.getKey() != expected[at] || entry.getValue() != expected[at + 1]) {
                    return false;
                }
                at += 2;
            }
            return true;
        }
    }

    private static final class OfCollection extends Holder {
        private final boolean unmodifiable;

        OfCollection(boolean unmodifiable) {
            this.unmodifiable = unmodifiable;
        }

        @Override
        void keep(Object object, WorldSnapshot snapshot) {
            Collection<?> all = (Collection<?>) object;
            snapshot.number(all.size());
            for (Object one : all) {
                snapshot.reference(one);
            }
        }

        @Override
        @SuppressWarnings("unchecked") // what came out of it goes in again
        void putBack(Object object, WorldSnapshot snapshot) {
            int size = (int) snapshot.number();
            int first = snapshot.referencesCount;
            snapshot.referencesCount += size;
            Collection<@Nullable Object> all = (Collection<@Nullable Object>) object;
            if (unmodifiable || holds(all, size, snapshot.references, first)) {
                return;
            }
            all.clear();
            all.addAll(Arrays.asList(snapshot.references).subList(first, first + size));
        }

        private static boolean holds(Collection<?> all, int size, @Nullable Object[] expected, int first) {
            int at = first;
            if (all.size() != size) {
                return false;
            }
            for (Object one : all) {
                if (one != expected[at++]) {
                    return false;
                }
            }
            return true;
        }
    }

    private static final class OfInts extends Holder {
        @Override
        void keep(Object object, WorldSnapshot snapshot) {
            for (int number : (int[]) object) {
                snapshot.number(number);
            }
        }

        @Override
        void putBack(Object object, WorldSnapshot snapshot) {
            int[] ints = (int[]) object;
            for (int i = 0; i < ints.length; i++) {
                ints[i] = (int) snapshot.number();
            }
        }
    }

    private static final class OfLongs extends Holder {
        @Override
        void keep(Object object, WorldSnapshot snapshot) {
            for (long number : (long[]) object) {
                snapshot.number(number);
            }
        }

        @Override
        void putBack(Object object, WorldSnapshot snapshot) {
            long[] longs = (long[]) object;
            for (int i = 0; i < longs.length; i++) {
                longs[i] = snapshot.number();
            }
        }
    }

    private static final class OfAtomicInts extends Holder {
        @Override
        void keep(Object object, WorldSnapshot snapshot) {
            AtomicIntegerArray ints = (AtomicIntegerArray) object;
            for (int i = 0; i < ints.length(); i++) {
                snapshot.number(ints.get(i));
            }
        }

        @Override
        void putBack(Object object, WorldSnapshot snapshot) {
            AtomicIntegerArray ints = (AtomicIntegerArray) object;
            for (int i = 0; i < ints.length(); i++) {
                ints.set(i, (int) snapshot.number());
            }
        }
    }

    private static final class OfAtomicLong extends Holder {
        @Override
        void keep(Object object, WorldSnapshot snapshot) {
            snapshot.number(((AtomicLong) object).get());
        }

        @Override
        void putBack(Object object, WorldSnapshot snapshot) {
            ((AtomicLong) object).set(snapshot.number());
        }
    }

    private static final class OfSlots extends Holder {
        @Override
        void keep(Object object, WorldSnapshot snapshot) {
            AtomicReferenceArray<?> slots = (AtomicReferenceArray<?>) object;
            for (int i = 0; i < slots.length(); i++) {
                snapshot.reference(slots.get(i));
            }
        }

        @Override
        @SuppressWarnings("unchecked") // what came out of it goes in again
        void putBack(Object object, WorldSnapshot snapshot) {
            AtomicReferenceArray<@Nullable Object> slots = (AtomicReferenceArray<@Nullable Object>) object;
            for (int i = 0; i < slots.length(); i++) {
                slots.set(i, snapshot.reference());
            }
        }
    }
}
