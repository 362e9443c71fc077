package dev.reprise.bench.compare;

import static dev.reprise.cache.base.Checks.checkState;

import dev.reprise.bench.ratio.Comparison;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.store.BlobWriter;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.PartitionRef.Location;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.SplittableRandom;

/**
 * A blob on its way into the store until it is durable, against the same bytes digested and written
 * to a file, with one sync. Both take them in pieces as an encoder would hand them over.
 */
public final class BlobWrite implements Comparison {
  private static final int PIECE = 1 << 20;

  private final Ticker ticker = Ticker.system();
  private final Path folder;
  private final FileResultStore store;
  private final int pieces;
  private final byte[] piece = new byte[PIECE];
  private int files;

  public BlobWrite(Path folder, int mebibytes) throws IOException {
    this.folder = folder;
    this.pieces = mebibytes;
    this.store =
        FileResultStore.openOrMake(folder.resolve("store"), FileResultStore.Settings.STANDARD);
    new SplittableRandom(1).nextBytes(piece);
  }

  @Override
  public double ours() throws IOException {
    long begun = ticker.nanos();
    Location location;
    try (BlobWriter writer = store.write("bench", "attempt", 0)) {
      for (int i = 0; i < pieces; i++) {
        writer.write(piece);
      }
      location = writer.finish();
    }
    double nanos = ticker.nanos() - begun;
    if (location instanceof Location.Pending pending) {
      checkState(pending.blob().size() == (long) pieces * PIECE, "a blob has another size");
      store.discard(pending);
    } else {
      throw new IllegalStateException("a large result is no file");
    }
    return nanos;
  }

  @Override
  public double peer() throws IOException, GeneralSecurityException {
    Path file = folder.resolve("peer-" + files++);
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE);
    long begun = ticker.nanos();
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int i = 0; i < pieces; i++) {
        buffer.clear().put(piece).flip();
        sha256.update(piece);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
      }
      channel.force(false);
    }
    byte[] digest = sha256.digest();
    double nanos = ticker.nanos() - begun;
    checkState(digest.length == 32 && Files.size(file) == (long) pieces * PIECE, "a short file");
    Files.delete(file);
    return nanos;
  }
}
