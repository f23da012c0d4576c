package dev.gapless.internal.subscribe;

import dev.gapless.StartFrom;
import dev.gapless.SubscriptionSettings;
import dev.gapless.core.Gap;
import dev.gapless.core.NodeLabel;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.log.Slice;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which producers and keys a subscription is about. Immutable. */
public final class Filter {
    private static final String ANYTHING = "*";
    /** What a text in a set takes beside its characters. */
    private static final int TEXT_BYTES = 80;

    private final Set<String> nodes;
    private final boolean allKeys;
    private final Set<String> keys;
    private final List<String> prefixes;
    private final long hash;
    private final long heapBytes;

    public Filter(SubscriptionSettings settings) {
        this.heapBytes = heapBytes(settings.nodes()) + heapBytes(settings.keys());
        this.nodes = settings.nodes();
        this.allKeys = settings.keys().isEmpty();
        this.keys = settings.keys().stream()
                .filter(pattern -> !pattern.endsWith(ANYTHING))
                .collect(Collectors.toUnmodifiableSet());
        this.prefixes = settings.keys().stream()
                .filter(pattern -> pattern.endsWith(ANYTHING))
                .map(pattern -> pattern.substring(0, pattern.length() - ANYTHING.length()))
                .toList();
        this.hash = nodes.isEmpty() && allKeys ? 0 : hash(new TreeSet<>(nodes), new TreeSet<>(settings.keys()));
    }

    /** What it takes in the heap, estimated. */
    public long heapBytes() {
        return heapBytes;
    }

    private static long heapBytes(Set<String> texts) {
        long bytes = 0;
        for (String text : texts) {
            bytes += TEXT_BYTES + text.getBytes(StandardCharsets.UTF_8).length;
        }
        return bytes;
    }

    /** What tokens name it by; 0 if it takes everything. */
    public long hash() {
        return hash;
    }

    /** Where a subscription with this filter begins, as the core calls it. Its token may be of one that left out what this one takes. */
    public Opening opening(StartFrom start) {
        if (start instanceof StartFrom.Resume resume) {
            long before = resume.token().filter();
            return new Opening.Resume(resume.token(), before != 0 && before != hash);
        } else if (start instanceof StartFrom.Since since) {
            return new Opening.Since(since.time().toEpochMilli());
        }
        return start instanceof StartFrom.Earliest ? new Opening.Earliest() : new Opening.Latest();
    }

    private static long hash(Set<String> nodes, Set<String> keys) {
        StringBuilder text = new StringBuilder();
        nodes.forEach(node -> text.append(node.length()).append(':').append(node));
        text.append(';');
        keys.forEach(key -> text.append(key.length()).append(':').append(key));
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            long first = ByteBuffer.wrap(digest).getLong();
            return first == 0 ? 1 : first;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Each Java has SHA-256", e);
        }
    }

    /** Does it leave out nodes? */
    public boolean isOfNodes() {
        return !nodes.isEmpty();
    }

    /** Does it take messages and notices of this node? */
    public boolean takesNode(String node) {
        return nodes.isEmpty() || nodes.contains(node);
    }

    /** Does it take this message, by its key? */
    public boolean takesMessage(Slice slice, int i) {
        return allKeys || takesKey(slice.key(i));
    }

    /** Does it take the row of this key? */
    public boolean takesRow(String key) {
        return allKeys || takesKey(key);
    }

    /** Is it a key that it takes? */
    public boolean takesKey(@Nullable String key) {
        if (key == null) {
            return false;
        }
        if (keys.contains(key)) {
            return true;
        }
        for (String prefix : prefixes) {
            if (key.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }

    /** May messages that it takes be missing? So may those of an incarnation that went before anybody knew its node's name. */
    boolean takesGap(Gap gap) {
        String node = gap.node();
        return node == null || takesNode(node) || (gap.epoch() == null && NodeLabel.isAddress(node));
    }
}
