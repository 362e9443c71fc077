package dev.reprise.journal;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.journal.JournalFormat.RecordType;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** The frames of a journal file, in order, up to its end or to where it is damaged. */
final class JournalFrames implements Closeable {
  private static final int WINDOW_BYTES = 1 << 16;

  private final Path path;
  private final FileChannel channel;
  private final long length;

  /** A piece of the file that was read ahead, since most frames are small. */
  private ByteBuffer window = ByteBuffer.allocate(0);

  private long windowStart;
  private long position = JournalFormat.MAGIC_BYTES;
  private String damage = "";

  private JournalFrames(Path path, FileChannel channel) throws IOException {
    this.path = path;
    this.channel = channel;
    this.length = channel.size();
  }

  /** A frame that passed its checksum. */
  record Frame(RecordType type, RecordReader reader) {}

  /** When the file was written last, by the clock of its disk. */
  Instant lastWritten() throws IOException {
    return Files.getLastModifiedTime(path).toInstant();
  }

  /**
   * Opens a journal.
   *
   * @throws IOException if it cannot be read or is none
   */
  static JournalFrames open(Path path) throws IOException {
    FileChannel channel;
    try {
      channel = FileChannel.open(path);
    } catch (NoSuchFileException e) {
      throw new IOException(neverBegan(path), e);
    }
    try {
      JournalFrames frames = new JournalFrames(path, channel);
      byte[] magic = JournalFormat.magic();
      if (frames.length == 0) {
        throw new IOException(neverBegan(path));
      }
      if (frames.length < magic.length || !Arrays.equals(frames.read(0, magic.length), magic)) {
        throw new IOException(path + " is not a journal");
      }
      return frames;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static String neverBegan(Path path) {
    return "the journal "
        + path
        + " was not begun: the run was killed as it started, and left nothing; remove its folder";
  }

  Path path() {
    return path;
  }

  /** What ended the reading before the end of the file; empty if nothing did. */
  String damage() {
    return damage;
  }

  /**
   * The next frame, or null at the end or where the file is damaged.
   *
   * @throws IOException if it cannot be read or a newer version wrote it
   */
  @Nullable Frame next() throws IOException {
    if (position == length) {
      return null;
    }
    byte[] payload = payloadAt(position);
    if (payload == null) {
      damage = "the journal is cut short or damaged at byte " + position + " of " + length;
      position = length;
      return null;
    }
    position += JournalFormat.FRAME_BYTES + payload.length;
    return frame(payload);
  }

  /**
   * The frame that begins at a byte; null if there is no whole one.
   *
   * @throws IOException as {@link #next}
   */
  @Nullable Frame at(long start) throws IOException {
    byte[] payload = start < JournalFormat.MAGIC_BYTES || start > length ? null : payloadAt(start);
    return payload == null ? null : frame(payload);
  }

  /** The summary, found from the end of the file; empty if there is none or the end is torn. */
  Optional<Frame> summary() throws IOException, BadRecordException {
    long end = length - JournalFormat.END_BYTES;
    byte[] last = end < JournalFormat.MAGIC_BYTES ? null : payloadAt(end);
    if (last == null || RecordType.of(last[1]) != RecordType.END) {
      return Optional.empty();
    }
    long at = frame(last).reader().readFixed();
    byte[] payload = at < JournalFormat.MAGIC_BYTES || at >= end ? null : payloadAt(at);
    return payload == null || RecordType.of(payload[1]) != RecordType.SUMMARY
        ? Optional.empty()
        : Optional.of(frame(payload));
  }

  private Frame frame(byte[] payload) throws IOException {
    if (payload[0] > JournalFormat.VERSION) {
      throw new IOException(
          "the journal %s was written by a newer Reprise: its form is %d, this one reads up to %d"
              .formatted(path, payload[0], JournalFormat.VERSION));
    }
    return new Frame(RecordType.of(payload[1]), new RecordReader(payload));
  }

  /** The payload of the frame that begins at {@code at}, or null if there is no whole one. */
  private byte @Nullable [] payloadAt(long at) throws IOException {
    long left = length - at - JournalFormat.FRAME_BYTES;
    if (left < JournalFormat.PREFIX_BYTES) {
      return null;
    }
    ByteBuffer frame = ByteBuffer.wrap(read(at, JournalFormat.FRAME_BYTES));
    int size = frame.getInt();
    int checksum = frame.getInt();
    if (size < JournalFormat.PREFIX_BYTES || size > JournalFormat.MOST_PAYLOAD || size > left) {
      return null;
    }
    byte[] payload = read(at + JournalFormat.FRAME_BYTES, size);
    return checksum(payload, size) == checksum ? payload : null;
  }

  private byte[] read(long at, int count) throws IOException {
    if (at < windowStart || at + count > windowStart + window.limit()) {
      window = ByteBuffer.allocate((int) Math.min(length - at, Math.max(count, WINDOW_BYTES)));
      windowStart = at;
      while (window.hasRemaining()) {
        if (channel.read(window, at + window.position()) < 0) {
          throw new IOException(path + " became shorter while it was read");
        }
      }
    }
    byte[] bytes = new byte[count];
    window.get((int) (at - windowStart), bytes);
    return bytes;
  }

  /** The checksum of a frame: over its length and its payload. */
  static int checksum(byte[] payload, int size) {
    CRC32C crc = new CRC32C();
    for (int shift = 24; shift >= 0; shift -= 8) {
      crc.update(size >>> shift);
    }
    crc.update(payload, 0, size);
    return (int) crc.getValue();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
