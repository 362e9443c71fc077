package dev.reprise.cache.store;

import dev.reprise.cache.store.DamagedBlobException.Damage;
import dev.reprise.cache.store.VerifiedChunks.Marks;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;

/**
 * Reads the chunks of a blob in a file, each checked before it is handed out. Chunks that were
 * checked before, in the file that is open, are not checked again.
 *
 * <p>A read that fails is tried again on a file opened anew, which is all it takes where a server
 * went away for a moment and left a stale handle behind. A file that still cannot be read is as
 * good as gone, and is reported as damage: what made it can make it again.
 */
final class ChunkReader implements Closeable {
  private static final int MOST_TRIES = 3;

  private final BlobRef blob;
  private final ChunkCheck check;
  private final Opener opener;
  private Opened file;

  /** An open file and what is known of it. */
  record Opened(FileChannel channel, Marks marks) {}

  /** Opens the file of the blob, wherever it is now. */
  @FunctionalInterface
  interface Opener {
    /**
     * Opens it.
     *
     * @throws DamagedBlobException if it is not there, or not of the right size
     */
    Opened open() throws IOException;
  }

  /**
   * Opens the blob.
   *
   * @throws DamagedBlobException if it is missing or damaged, as far as can be told without reading
   */
  ChunkReader(BlobRef blob, Opener opener) throws IOException {
    this.blob = blob;
    this.check = new ChunkCheck(blob);
    this.opener = opener;
    this.file = open(1);
  }

  private Opened open(int firstTry) throws IOException {
    for (int tries = firstTry; ; tries++) {
      try {
        return opener.open();
      } catch (IOException e) {
        throwUnlessItMayPass(e, tries);
      }
    }
  }

  /** Reads a whole chunk to {@code to} from {@code at} on; returns how many bytes it has. */
  int read(int chunk, byte[] to, int at) throws IOException {
    int length = ChunkCheck.length(blob, chunk);
    for (int tries = 1; ; tries++) {
      try {
        readFully(chunk, ByteBuffer.wrap(to, at, length));
        break;
      } catch (IOException e) {
        throwUnlessItMayPass(e, tries);
        file.channel.close();
        file = open(tries + 1);
      }
    }
    if (!file.marks.isChecked(chunk)) {
      check.check(chunk, to, at);
      file.marks.checked(chunk);
    }
    return length;
  }

  /** Whether a chunk of the file that is open was checked before. */
  boolean isChecked(int chunk) {
    return file.marks.isChecked(chunk);
  }

  /** The file that is open now; a read that fails may open another. */
  FileChannel channel() {
    return file.channel;
  }

  private void readFully(int chunk, ByteBuffer to) throws IOException {
    long position = (long) chunk * BlobRef.CHUNK_BYTES;
    while (to.hasRemaining()) {
      int count = file.channel.read(to, position);
      if (count < 0) {
        throw new DamagedBlobException(
            blob,
            false,
            "blob " + blob.address() + " was cut short while it was read: what made it runs again");
      }
      position += count;
    }
  }

  private void throwUnlessItMayPass(IOException e, int tries) throws IOException {
    if (e instanceof DamagedBlobException || !isOfTheFile(e)) {
      throw e;
    }
    if (tries >= MOST_TRIES) {
      throw new DamagedBlobException(
          blob,
          Damage.UNREADABLE,
          "blob " + blob.address() + " cannot be read (" + e + "): what made it runs again",
          e);
    }
  }

  /** A thread that was interrupted, or a process that has too many files open, damages no blob. */
  private static boolean isOfTheFile(IOException e) {
    return !(e instanceof ClosedChannelException)
        && !String.valueOf(e.getMessage()).contains("Too many open files");
  }

  @Override
  public void close() throws IOException {
    file.channel.close();
  }
}
