package dev.gapless.multijvm.node;

/**
 * A row of a table that is judged, and its message.
 *
 * @param version counts the writes of all rows
 * @param deleted is it the grave of its key?
 * @param read by which read of the source it came; empty if it came by message
 */
public record TableRow(String key, long version, boolean deleted, String read) {}
