package dev.reprise.cache.index;

import static dev.reprise.cache.testing.Samples.content;
import static dev.reprise.cache.testing.Samples.entry;
import static dev.reprise.cache.testing.Samples.inline;
import static dev.reprise.cache.testing.Samples.key;
import static dev.reprise.cache.testing.Samples.origin;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.Origin.NamedKey;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.testing.SeededTest;
import dev.reprise.cache.testing.Shows;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class EntryFormatTest {
  private static final long CREATED = 1_772_359_200_000L;

  /** The entries behind the golden records. */
  private static List<CacheEntry> golden() {
    PartitionRef small = stored(11, 70_000);
    PartitionRef large = stored(12, 5 * BlobRef.CHUNK_BYTES + 1);
    CacheEntry expiring = entry(4, CREATED, Manifest.one(large));
    return List.of(
        entry(1, CREATED),
        entry(2, CREATED, Manifest.one(inline(2, 0))),
        entry(3, CREATED, Manifest.one(small)),
        new CacheEntry(
            expiring.key(), expiring.manifest(), expiring.origin(), CREATED, CREATED + 86_400_000),
        entry(5, CREATED, Manifest.many(List.of())),
        entry(6, CREATED, Manifest.many(List.of(small, inline(3, 7), large, small, small, large))));
  }

  private static PartitionRef stored(long i, long size) {
    List<Fingerprint> chunks = new ArrayList<>();
    for (long c = 0; c < BlobRef.listedChunks(size); c++) {
      chunks.add(content(1000 * i + c));
    }
    return new PartitionRef(
        content(i),
        "arrow/1",
        size,
        i,
        Bytes.wrap(new byte[] {1, 2, (byte) i}),
        new Location.Stored(new BlobRef(content(100 + i), size, chunks)));
  }

  /** The entries behind the golden records of version 2. */
  private static List<CacheEntry> goldenNamed() {
    CacheEntry plain = golden().get(5);
    return List.of(
        new CacheEntry(plain.key(), plain.manifest(), named(6), CREATED, CacheEntry.NEVER));
  }

  private static List<CacheEntry> goldenOfAllVersions() {
    List<CacheEntry> all = new ArrayList<>(golden());
    all.addAll(goldenNamed());
    return all;
  }

  /** The origin of a result in a cache with a name. */
  private static Origin named(long i) {
    Origin of = origin(i);
    return new Origin(
        of.run(),
        of.pipeline(),
        of.step(),
        of.label(),
        of.attempt(),
        of.executor(),
        of.durationNanos(),
        of.host(),
        new NamedKey("prices", "price-" + i + "/{quote}"));
  }

  @Test
  @Shows("Fault 28")
  void decode_recordsOfTheFirstRelease_areRead() throws Exception {
    assertGolden("/golden/entries-v1.txt", golden()); // FAULTS row 28
  }

  @Test
  void decode_recordsInNamedCaches_areRead() throws Exception {
    assertGolden("/golden/entries-v2.txt", goldenNamed());
  }

  private void assertGolden(String resource, List<CacheEntry> expected) throws Exception {
    List<String> records;
    try (InputStream file = getClass().getResourceAsStream(resource)) {
      records = new String(file.readAllBytes(), US_ASCII).lines().toList();
    }

    assertThat(records).hasSameSizeAs(expected);
    for (int i = 0; i < records.size(); i++) {
      Bytes record = Bytes.wrap(HexFormat.of().parseHex(records.get(i)));
      assertThat(EntryFormat.decode(expected.get(i).key(), record)).isEqualTo(expected.get(i));
      assertThat(EntryFormat.encode(expected.get(i))).isEqualTo(record);
    }
  }

  @Test
  void decode_anyByteChanged_isRefused() {
    for (CacheEntry entry : goldenOfAllVersions()) {
      byte[] record = EntryFormat.encode(entry).array();
      for (int i = 0; i < record.length; i++) {
        for (int bit = 0; bit < 8; bit++) {
          byte[] flipped = record.clone();
          flipped[i] ^= (byte) (1 << bit);
          assertThatThrownBy(() -> EntryFormat.decode(entry.key(), Bytes.wrap(flipped)))
              .isInstanceOf(BadRecordException.class);
        }
      }
    }
  }

  @Test
  void decode_anyLengthButItsOwn_isRefused() {
    CacheEntry entry = goldenOfAllVersions().get(6);
    byte[] record = EntryFormat.encode(entry).array();
    for (int length = 0; length <= record.length + 9; length++) {
      byte[] other = Arrays.copyOf(record, length);
      if (length != record.length) {
        assertThatThrownBy(() -> EntryFormat.decode(entry.key(), Bytes.wrap(other)))
            .isInstanceOf(BadRecordException.class);
      }
    }
  }

  @Test
  void decode_headOfOneAndBodyOfAnother_isRefused() {
    CacheEntry one = entry(1, CREATED);
    CacheEntry other = entry(1, CREATED + 1);
    byte[] mixed = EntryFormat.encode(one).array().clone();
    byte[] from = EntryFormat.encode(other).array();
    System.arraycopy(from, EntryHead.LEAST, mixed, EntryHead.LEAST, from.length - EntryHead.LEAST);

    assertThatThrownBy(() -> EntryFormat.decode(one.key(), Bytes.wrap(mixed)))
        .isInstanceOf(BadRecordException.class)
        .hasMessageContaining("fails its checksum");
  }

  @Test
  @Shows("Fault 28")
  void decode_newerVersion_saysSo() {
    CacheEntry entry = entry(1, CREATED); // FAULTS row 28
    byte[] record = EntryFormat.encode(entry).array().clone();
    record[0] = (byte) 200;

    assertThatThrownBy(() -> EntryFormat.decode(entry.key(), Bytes.wrap(record)))
        .isInstanceOf(BadRecordException.class)
        .hasMessage("a newer Reprise wrote the record (version 200, this one knows 2)");
  }

  @Test
  void encode_pendingPartition_isABug() {
    PartitionRef pending =
        inline(1, 5).at(new Location.Pending("tmp/r/a", new BlobRef(content(1), 5, List.of())));

    assertThatThrownBy(() -> EntryFormat.encode(entry(1, CREATED, Manifest.one(pending))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @SeededTest(seeds = 200)
  void decode_anyEntry_isWhatWasEncoded(Random random) throws BadRecordException {
    List<PartitionRef> partitions = new ArrayList<>();
    for (int rest = random.nextInt(20); rest > 0; rest--) {
      int i = random.nextInt(5);
      partitions.add(
          random.nextBoolean()
              ? inline(i, random.nextInt(2000))
              : stored(i, random.nextLong(1L << random.nextInt(1, 24))));
    }
    CacheEntry entry =
        new CacheEntry(
            key(random.nextLong()),
            !partitions.isEmpty() && random.nextBoolean()
                ? Manifest.table(partitions, content(random.nextLong()))
                : Manifest.many(partitions),
            random.nextBoolean() ? origin(random.nextInt()) : named(random.nextInt()),
            random.nextLong(),
            random.nextLong() & Long.MAX_VALUE);

    assertThat(EntryFormat.decode(entry.key(), EntryFormat.encode(entry))).isEqualTo(entry);
  }

  @SeededTest(seeds = 200)
  void decode_anyBytes_areRefusedWithoutHarm(Random random) {
    byte[] bytes = new byte[random.nextInt(300)];
    random.nextBytes(bytes);
    if (bytes.length > 0) {
      bytes[0] = (byte) (1 + random.nextInt(EntryFormat.VERSION));
    }

    assertThatThrownBy(() -> EntryFormat.decode(key(1), Bytes.wrap(bytes)))
        .isInstanceOf(BadRecordException.class);
  }

  /** Prints the golden records of this version, to be kept when the version is raised. */
  public static void main(String[] args) {
    goldenNamed()
        .forEach(
            entry ->
                System.out.println(HexFormat.of().formatHex(EntryFormat.encode(entry).array())));
  }
}
