package dev.reprise.cache.index;

import static dev.reprise.cache.testing.Samples.content;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.FileBlock;
import dev.reprise.cache.fingerprint.FileStamp;
import dev.reprise.cache.fingerprint.StampedFile;
import dev.reprise.cache.testing.Fuzzer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Any record tells of files what is told again when it is written anew, or of none. */
final class FileBlockFormatFuzzTest implements Fuzzer {
  private static final byte[] SEED = "RPFB".getBytes(StandardCharsets.US_ASCII);
  private static final FileBlock BLOCK =
      new FileBlock("months", 3, List.of(Path.of("/a"), Path.of("/b"), Path.of("/c")));

  @Override
  public List<byte[]> seeds() {
    FileStamp stamp = new FileStamp(Path.of("/b"), 7, 8, 9, "10", FileStamp.Kind.FILE);
    @Nullable StampedFile[] files = {null, new StampedFile(stamp, content(1)), null};
    return List.of(FileBlockFormat.encode(BLOCK, files).array());
  }

  @Override
  public void check(byte[] any) {
    checkRecord(any);
    int length = Math.max(0, any.length - Integer.BYTES);
    checkRecord(new ByteWriter().putRaw(any, 0, length).putCrc(SEED, 0).toByteArray());
  }

  private static void checkRecord(byte[] record) {
    @Nullable StampedFile[] files = new @Nullable StampedFile[3];
    FileBlockFormat.read(Bytes.wrap(record), BLOCK, files);
    @Nullable StampedFile[] again = new @Nullable StampedFile[3];
    FileBlockFormat.read(FileBlockFormat.encode(BLOCK, files), BLOCK, again);
    assertThat(Arrays.asList(again)).isEqualTo(Arrays.asList(files));
  }
}
