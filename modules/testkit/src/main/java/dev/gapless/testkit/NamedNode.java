package dev.gapless.testkit;

/** A node, as expectations name it: a {@link TestNode}. */
public interface NamedNode {
    /** Its name, as events show it. */
    String name();
}
