package dev.gapless.node.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaParameterizedType;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Collections;
import java.util.Date;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.Timer;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** What must not be used in the core. */
final class Forbidden {
    private Forbidden() {}

    static DescribedPredicate<JavaAccess<?>> clocks() {
        return calls("a clock", Forbidden::isClock);
    }

    static DescribedPredicate<JavaAccess<?>> unseededRandomness() {
        return calls("an unseeded random source", Forbidden::isUnseeded);
    }

    static DescribedPredicate<JavaAccess<?>> threads() {
        return calls("a thread", Forbidden::isThread);
    }

    static DescribedPredicate<JavaClass> inputAndOutput() {
        return resideInAnyPackage("java.net..", "java.nio.file..", "java.nio.channels..", "java.io..")
                .and(DescribedPredicate.not(type(Serializable.class).or(type(UncheckedIOException.class))));
    }

    static ArchCondition<JavaField> beAMapFromText() {
        return new ArchCondition<>("be a map from text") {
            @Override
            public void check(JavaField field, ConditionEvents events) {
                boolean isOne = field.getType() instanceof JavaParameterizedType type
                        && type.toErasure().isAssignableTo(Map.class)
                        && isText(type.getActualTypeArguments().get(0));
                events.add(new SimpleConditionEvent(field, isOne, field.getFullName() + " is a map from text"));
            }
        };
    }

    private static boolean isText(JavaType key) {
        return key.toErasure().isEquivalentTo(String.class);
    }

    private static boolean isClock(CodeUnitAccessTarget target) {
        JavaClass owner = target.getOwner();
        String name = target.getName();
        return (owner.isEquivalentTo(System.class)
                        && Set.of("nanoTime", "currentTimeMillis").contains(name))
                || (owner.isEquivalentTo(Clock.class) && (name.startsWith("system") || name.startsWith("tick")))
                || (owner.getPackageName().startsWith("java.time") && name.equals("now"))
                || (owner.isEquivalentTo(Date.class) && isConstructorWithoutArguments(target));
    }

    private static boolean isUnseeded(CodeUnitAccessTarget target) {
        JavaClass owner = target.getOwner();
        String name = target.getName();
        return owner.isEquivalentTo(ThreadLocalRandom.class)
                || owner.isAssignableTo(SecureRandom.class)
                || ((owner.isEquivalentTo(Math.class) || owner.isEquivalentTo(StrictMath.class))
                        && name.equals("random"))
                || (owner.isEquivalentTo(UUID.class) && name.equals("randomUUID"))
                || (owner.isEquivalentTo(RandomGenerator.class)
                        && Set.of("of", "getDefault").contains(name))
                || ((owner.isEquivalentTo(Random.class) || owner.isEquivalentTo(SplittableRandom.class))
                        && isConstructorWithoutArguments(target))
                || (owner.isEquivalentTo(Collections.class)
                        && name.equals("shuffle")
                        && target.getRawParameterTypes().size() == 1);
    }

    private static boolean isThread(CodeUnitAccessTarget target) {
        JavaClass owner = target.getOwner();
        return owner.isAssignableTo(Thread.class)
                || owner.isAssignableTo(Executor.class)
                || owner.isEquivalentTo(Timer.class)
                || owner.isEquivalentTo(LockSupport.class)
                || (owner.isEquivalentTo(Object.class) && target.getName().equals("wait"));
    }

    private static boolean isConstructorWithoutArguments(CodeUnitAccessTarget target) {
        return target.getName().equals("<init>")
                && target.getRawParameterTypes().isEmpty();
    }

    /** Method references count like calls. */
    private static DescribedPredicate<JavaAccess<?>> calls(String what, Predicate<CodeUnitAccessTarget> forbidden) {
        return DescribedPredicate.describe("it is " + what, access -> {
            AccessTarget target = access.getTarget();
            return target instanceof CodeUnitAccessTarget codeUnit && forbidden.test(codeUnit);
        });
    }
}
