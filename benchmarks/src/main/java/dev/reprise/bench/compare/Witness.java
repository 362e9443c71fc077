package dev.reprise.bench.compare;

import dev.reprise.cache.base.Ticker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A file in which units say when they begin and end. It belongs to nobody's cache, and what was
 * said stays said when the process is killed. Times are those of {@link Ticker}, which processes of
 * one machine share.
 */
record Witness(String file) {
  /** Bytes of what is said at once. */
  private static final int BYTES = Integer.BYTES + 1 + Long.BYTES;

  /** Something said: a unit began, or ended. */
  record Event(int unit, boolean begun, long nanos) {}

  void says(int unit, boolean begun) {
    ByteBuffer event = ByteBuffer.allocate(BYTES);
    event.putInt(unit).put((byte) (begun ? 1 : 0)).putLong(Ticker.system().nanos()).flip();
    try (FileChannel channel =
        FileChannel.open(Path.of(file), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      channel.write(event); // whole: the system appends one after the other
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How often something was said so far. */
  int count() throws IOException {
    Path path = Path.of(file);
    return Files.exists(path) ? (int) (Files.size(path) / BYTES) : 0;
  }

  /** All that was said, in order. */
  List<Event> events() throws IOException {
    List<Event> events = new ArrayList<>();
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(Path.of(file)));
    while (bytes.remaining() >= BYTES) {
      events.add(new Event(bytes.getInt(), bytes.get() == 1, bytes.getLong()));
    }
    return events;
  }
}
