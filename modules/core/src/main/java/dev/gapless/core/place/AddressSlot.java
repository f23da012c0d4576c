package dev.gapless.core.place;

/**
 * Where an incarnation goes, or went, by its address.
 *
 * @param slot its own
 * @param named that of the producer that it turned out to be; -1 as long as nobody has said its name
 */
public record AddressSlot(long uid, String address, int slot, int named) {}
