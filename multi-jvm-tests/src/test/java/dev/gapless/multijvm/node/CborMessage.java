package dev.gapless.multijvm.node;

/** What implements this is serialized by Jackson as CBOR, as the test nodes' configuration says. */
public interface CborMessage {}
