package dev.reprise.cache.store;

import static dev.reprise.cache.base.Checks.checkArgument;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import dev.reprise.cache.fingerprint.FileStamp;
import dev.reprise.cache.fingerprint.UnreadableFileException;
import dev.reprise.cache.store.ChunkReader.Opened;
import dev.reprise.cache.store.VerifiedChunks.Marks;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A blob in a file. A blob that is being published may move from its temporary to its final name
 * while it is in use, so every name it may have is tried in turn.
 */
final class FilePayload implements Payload {
  private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;

  private final BlobRef blob;
  private final List<Path> places;
  private final VerifiedChunks verified;
  private final Disk disk;

  /** Opens files for reading; another than the real one is for tests of broken disks. */
  @FunctionalInterface
  interface Disk {
    FileChannel open(Path file) throws IOException;
  }

  FilePayload(BlobRef blob, List<Path> places, VerifiedChunks verified) {
    this(blob, places, verified, StoreFolder::open);
  }

  FilePayload(BlobRef blob, List<Path> places, VerifiedChunks verified, Disk disk) {
    this.blob = blob;
    this.places = places;
    this.verified = verified;
    this.disk = disk;
  }

  @Override
  public long size() {
    return blob.size();
  }

  @Override
  public InputStream open() throws IOException {
    return new CheckedStream(blob, new ChunkReader(blob, this::openFile));
  }

  @Override
  public byte[] bytes() throws IOException {
    if (blob.size() > LONGEST_ARRAY) {
      throw new IOException(
          "blob "
              + blob.address()
              + " has "
              + blob.size()
              + " bytes, more than an array holds; read it as a stream");
    }
    try (ChunkReader reader = new ChunkReader(blob, this::openFile)) {
      byte[] bytes = new byte[(int) blob.size()];
      int position = 0;
      for (int chunk = 0; chunk < blob.chunkCount(); chunk++) {
        position += reader.read(chunk, bytes, position);
      }
      return bytes;
    }
  }

  @Override
  public Optional<MappedBytes> map(long from, int length) throws IOException {
    checkArgument(
        length > 0 && from >= 0 && from <= blob.size() - length,
        "bytes %s to %s of %s",
        from,
        from + length,
        blob.size());
    ChunkReader reader = new ChunkReader(blob, this::openFile);
    Optional<MappedBytes> mapped = MappedBytes.of(blob, reader, from, length);
    if (mapped.isEmpty()) {
      reader.close();
    }
    return mapped;
  }

  private Opened openFile() throws IOException {
    for (Path place : places) {
      try {
        return openAt(place);
      } catch (NoSuchFileException e) {
        // not under this name, or not any more
      }
    }
    throw new DamagedBlobException(
        blob,
        true,
        "blob " + blob.address() + " is missing from the store: what made it runs again");
  }

  private Opened openAt(Path place) throws IOException {
    if (StoreFolder.size(place) == StoreFolder.NOT_A_FILE) {
      throw damaged("is not a file");
    }
    Instant now = verified.now();
    FileChannel channel = disk.open(place);
    try {
      if (channel.size() != blob.size()) {
        throw damaged("has " + channel.size() + " bytes, wanted " + blob.size());
      }
      return new Opened(channel, marks(place, now));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * What is known of the open file. Another file may have been put in its place since, and its
   * stamp taken for the open one's; but that would be a stamp of just now, by which nothing is
   * known.
   */
  private Marks marks(Path place, Instant beforeOpening) throws IOException {
    try {
      return verified.of(blob, FileStamp.of(place, NOFOLLOW_LINKS), beforeOpening);
    } catch (UnreadableFileException e) {
      return VerifiedChunks.unknown(blob); // gone from its place, and open all the same
    }
  }

  private DamagedBlobException damaged(String how) {
    return new DamagedBlobException(
        blob, false, "blob " + blob.address() + " " + how + ": what made it runs again");
  }
}
