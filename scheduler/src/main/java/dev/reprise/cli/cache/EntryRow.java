package dev.reprise.cli.cache;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.Origin;
import dev.reprise.cache.index.Origin.NamedKey;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.console.JsonText;
import java.time.Instant;
import java.util.Comparator;

/**
 * What a list shows of an entry, without its bytes.
 *
 * @param partitions number of them
 * @param rows of all partitions together; {@link PartitionRef#NOT_A_TABLE} if it is no table
 * @param bytes of all partitions together
 * @param inlineBytes of these, those in the index
 */
record EntryRow(
    Fingerprint key,
    Origin origin,
    long createdMillis,
    long expiresMillis,
    int partitions,
    long rows,
    long bytes,
    long inlineBytes) {
  /** Newest first. */
  static final Comparator<EntryRow> NEWEST_FIRST =
      Comparator.comparingLong(EntryRow::createdMillis).reversed().thenComparing(EntryRow::key);

  private static final int SHORT_KEY = 12;

  static EntryRow of(CacheEntry entry) {
    long rows = 0;
    long inline = 0;
    for (PartitionRef partition : entry.manifest().partitions()) {
      rows += Math.max(0, partition.rows());
      inline += partition.location() instanceof Location.Inline ? partition.size() : 0;
    }
    boolean table =
        entry.manifest().partitions().stream()
            .anyMatch(partition -> partition.rows() != PartitionRef.NOT_A_TABLE);
    return new EntryRow(
        entry.key().digest(),
        entry.origin(),
        entry.createdMillis(),
        entry.expiresMillis(),
        entry.manifest().partitions().size(),
        table ? rows : PartitionRef.NOT_A_TABLE,
        entry.manifest().size(),
        inline);
  }

  /** The key of the entry. */
  CacheKey cacheKey() {
    return new CacheKey(key);
  }

  /** Enough of the key to name it to {@code cache show}. */
  String shortKey() {
    return shortKey(key);
  }

  /** Enough of {@code key} to name it to {@code cache show}. */
  static String shortKey(Fingerprint key) {
    return key.toString().substring(0, SHORT_KEY);
  }

  /** The unit that made it: {@code step}, or {@code step:label}. */
  String unit() {
    return origin.label().isEmpty() ? origin.step() : origin.step() + ":" + origin.label();
  }

  /** The cache with a name and the key in it that a user wrote; empty if the entry is in none. */
  String namedKey() {
    NamedKey named = origin.named();
    return named == null ? "" : named.cache() + " " + named.text();
  }

  /** How long ago it was made, in nanoseconds. */
  long ageNanos(Instant now) {
    return Math.max(0, now.toEpochMilli() - createdMillis) * 1_000_000;
  }

  /** Adds its fields. */
  static void describe(JsonText json, EntryRow row) {
    Origin origin = row.origin;
    json.text("key", row.key.toString())
        .text("pipeline", origin.pipeline())
        .text("step", origin.step())
        .text("label", origin.label())
        .text("run", origin.run())
        .number("attempt", origin.attempt())
        .text("executor", origin.executor())
        .text("host", origin.host())
        .text("created", Instant.ofEpochMilli(row.createdMillis).toString())
        .text(
            "expires",
            row.expiresMillis == CacheEntry.NEVER
                ? null
                : Instant.ofEpochMilli(row.expiresMillis).toString())
        .seconds("seconds", origin.durationNanos())
        .number("partitions", row.partitions)
        .number("bytes", row.bytes)
        .number("inline_bytes", row.inlineBytes);
    if (row.rows != PartitionRef.NOT_A_TABLE) {
      json.number("rows", row.rows);
    }
    NamedKey named = origin.named();
    if (named != null) {
      json.text("named_cache", named.cache()).text("named_key", named.text());
    }
  }
}
