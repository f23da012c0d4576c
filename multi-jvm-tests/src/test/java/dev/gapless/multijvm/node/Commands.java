package dev.gapless.multijvm.node;

/** Carries out one command, and returns what is to be answered, to be written as JSON. */
interface Commands {
    Object run(String command, Arguments arguments) throws Exception;
}
