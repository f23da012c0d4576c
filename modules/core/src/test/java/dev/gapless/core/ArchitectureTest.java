package dev.gapless.core;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaParameterizedType;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
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
import org.junit.jupiter.api.Test;

/** Time and randomness are arguments of the core, and what it wants done it returns. */
class ArchitectureTest {
    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.gapless.core");

    @Test
    void dependsOnNothingButTheJdkAndAnnotations() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..", "dev.gapless.core..", "org.jspecify..", "com.google.errorprone.annotations..")
                .check(CORE);
    }

    @Test
    void doesNoInputAndOutput() {
        DescribedPredicate<JavaClass> io = resideInAnyPackage(
                        "java.net..", "java.nio.file..", "java.nio.channels..", "java.io..")
                .and(DescribedPredicate.not(type(Serializable.class).or(type(UncheckedIOException.class))));
        noClasses().should().dependOnClassesThat(io).check(CORE);
    }

    @Test
    void readsNoClock() {
        noClasses()
                .should()
                .accessTargetWhere(calls("a clock", ArchitectureTest::isClock))
                .check(CORE);
    }

    @Test
    void drawsNoRandomNumbersButFromASeed() {
        noClasses()
                .should()
                .accessTargetWhere(calls("an unseeded random source", ArchitectureTest::isUnseeded))
                .check(CORE);
    }

    @Test
    void neitherStartsThreadsNorWaits() {
        noClasses()
                .should()
                .accessTargetWhere(calls("a thread", ArchitectureTest::isThread))
                .check(CORE);
    }

    @Test
    void producersAndConsumersDoNotKnowTheNode() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.gapless.core.producer", "dev.gapless.core.consumer", "dev.gapless.core.effect")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.gapless.core.node")
                .check(CORE);
    }

    /** A stream is one incarnation's: two incarnations of a node have one name. */
    @Test
    void nothingOfAStreamIsKeptUnderANodesName() {
        noFields()
                .that()
                .areDeclaredInClassesThat()
                .resideInAnyPackage(
                        "dev.gapless.core.consumer", "dev.gapless.core.feed", "dev.gapless.core.subscription")
                .should(beAMapFromText())
                .check(CORE);
    }

    private static ArchCondition<JavaField> beAMapFromText() {
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
