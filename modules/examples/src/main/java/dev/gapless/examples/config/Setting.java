package dev.gapless.examples.config;

import dev.gapless.examples.CborMessage;

/**
 * The value of a setting.
 *
 * @param version rises with every change of any setting
 */
public record Setting(String value, long version) implements CborMessage {}
