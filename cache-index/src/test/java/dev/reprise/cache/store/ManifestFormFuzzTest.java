package dev.reprise.cache.store;

import static dev.reprise.cache.testing.Samples.content;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.testing.Fuzzer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Any file is a manifest that is written as it was read, or is refused. */
final class ManifestFormFuzzTest implements Fuzzer {
  private static final byte[] SEED = "RPMF".getBytes(StandardCharsets.US_ASCII);

  @Override
  public List<byte[]> seeds() {
    Bytes record = Bytes.wrap(new byte[] {1, 2, 3});
    return List.of(ManifestForm.encode(new StoredManifest("project/default", content(1), record)));
  }

  @Override
  public void check(byte[] any) {
    checkFile(any);
    int length = Math.max(0, any.length - Integer.BYTES);
    checkFile(new ByteWriter().putRaw(any, 0, length).putCrc(SEED, 0).toByteArray());
  }

  private static void checkFile(byte[] file) {
    StoredManifest manifest;
    try {
      manifest = ManifestForm.decode(file);
    } catch (BadRecordException e) {
      return;
    }
    try {
      assertThat(ManifestForm.decode(ManifestForm.encode(manifest))).isEqualTo(manifest);
    } catch (BadRecordException e) {
      throw new AssertionError("what was read cannot be written", e);
    }
  }
}
