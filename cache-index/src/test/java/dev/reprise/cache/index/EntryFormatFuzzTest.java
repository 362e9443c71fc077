package dev.reprise.cache.index;

import static dev.reprise.cache.testing.Samples.entry;
import static dev.reprise.cache.testing.Samples.inline;
import static dev.reprise.cache.testing.Samples.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.testing.Fuzzer;
import java.util.Arrays;
import java.util.List;

/** Any record is an entry that is written as it was read, or is refused. */
final class EntryFormatFuzzTest implements Fuzzer {
  private static final CacheKey KEY = key(6);

  @Override
  public List<byte[]> seeds() {
    return List.of(
        EntryFormat.encode(entry(6, 1_000)).array(),
        EntryFormat.encode(
                entry(6, 1_000, Manifest.many(List.of(inline(3, 7), inline(4, 0), inline(5, 9)))))
            .array());
  }

  @Override
  public void check(byte[] any) {
    checkRecord(any);
    checkRecord(sealed(any));
  }

  private static void checkRecord(byte[] record) {
    CacheEntry entry;
    try {
      entry = EntryFormat.decode(KEY, Bytes.wrap(record));
    } catch (BadRecordException e) {
      return;
    }
    byte[] again = EntryFormat.encode(entry).array();
    try {
      assertThat(EntryFormat.decode(KEY, Bytes.wrap(again))).isEqualTo(entry);
    } catch (BadRecordException e) {
      throw new AssertionError("what was read cannot be written", e);
    }
  }

  /** The bytes with both checksums right. */
  private static byte[] sealed(byte[] any) {
    int head = any.length == 0 ? Integer.MAX_VALUE : EntryHead.size(any, any.length);
    if (head > any.length - Integer.BYTES) {
      return any;
    }
    byte[] key = KEY.digest().bytes();
    ByteWriter sealed = new ByteWriter();
    sealed.putRaw(any, 0, head - Integer.BYTES).putCrc(key, 0);
    byte[] seed = Arrays.copyOf(key, key.length + head);
    System.arraycopy(sealed.toByteArray(), 0, seed, key.length, head);
    sealed.putRaw(any, head, any.length - Integer.BYTES - head).putCrc(seed, head);
    return sealed.toByteArray();
  }
}
