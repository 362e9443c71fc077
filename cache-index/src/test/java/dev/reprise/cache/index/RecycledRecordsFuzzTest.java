package dev.reprise.cache.index;

import dev.reprise.cache.testing.Fuzzer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** Any log is looked through to its end, whatever is in it. */
final class RecycledRecordsFuzzTest implements Fuzzer {
  private static final String MANIFEST = "MANIFEST-000001";

  private final Path folder = temporary();

  private static Path temporary() {
    try {
      Path folder = Files.createTempDirectory("fuzz");
      folder.toFile().deleteOnExit(); // the last first
      folder.resolve(MANIFEST).toFile().deleteOnExit();
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<byte[]> seeds() {
    HexFormat hex = HexFormat.of();
    return List.of(
        hex.parseHex("56f9ac9c5b000101"), // what a MANIFEST begins with
        hex.parseHex("0000000003000101020300000000010005ff"));
  }

  @Override
  public void check(byte[] any) throws IOException {
    Files.write(folder.resolve(MANIFEST), any);
    try {
      RecycledRecords.refuse(folder);
    } catch (RocksDBException e) {
      if (e.getStatus().getCode() != Status.Code.Corruption) {
        throw new AssertionError(e);
      }
    }
  }
}
