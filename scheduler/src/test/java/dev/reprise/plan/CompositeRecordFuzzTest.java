package dev.reprise.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.testing.Fuzzer;
import dev.reprise.plan.CompositeRecord.Generation;
import dev.reprise.plan.CompositeRecord.Part;
import java.util.List;

/** Any record is of a composite that is written as it was read, or is refused. */
final class CompositeRecordFuzzTest implements Fuzzer {
  private static final Fingerprint ID = Hasher.of("id").finish();

  @Override
  public List<byte[]> seeds() {
    List<Part> parts =
        List.of(new Part(1, List.of(ID), List.of(ID)), new Part(3, List.of(), List.of()));
    CompositeRecord record = CompositeRecord.EMPTY.with(new Generation(ID, parts));
    return List.of(CompositeRecord.EMPTY.encode(ID).array(), record.encode(ID).array());
  }

  @Override
  public void check(byte[] any) {
    checkRecord(any);
    int length = Math.max(0, any.length - Integer.BYTES);
    checkRecord(new ByteWriter().putRaw(any, 0, length).putCrc(ID.bytes(), 0).toByteArray());
  }

  private static void checkRecord(byte[] any) {
    CompositeRecord record;
    try {
      record = CompositeRecord.decode(Bytes.wrap(any), ID);
    } catch (BadRecordException e) {
      return;
    }
    try {
      assertThat(CompositeRecord.decode(record.encode(ID), ID)).isEqualTo(record);
    } catch (BadRecordException e) {
      throw new AssertionError("what was read cannot be written", e);
    }
  }
}
