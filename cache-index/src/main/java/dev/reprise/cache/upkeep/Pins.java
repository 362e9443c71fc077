package dev.reprise.cache.upkeep;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheKey;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Comparator;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The entries that no eviction takes. A pin is of a key: an entry that is removed by hand and made
 * again is pinned again.
 *
 * <p>They lie in a text file that is replaced as a whole, beside the index and not in it: an index
 * may be lost, and what a person wants must not be.
 */
public final class Pins {
  /** Nothing is pinned. */
  public static final Pins NONE = new Pins(new TreeSet<>());

  private static final String FIRST_LINE = "reprise-pins 1";
  private static final String LAST_LINE = "end ";

  private final SortedSet<Pin> pins;

  private Pins(SortedSet<Pin> pins) {
    this.pins = pins;
  }

  /** A pinned entry: its scope and key. */
  public record Pin(String scope, CacheKey key) implements Comparable<Pin> {
    @Override
    public int compareTo(Pin other) {
      return Comparator.comparing(Pin::scope)
          .thenComparing(pin -> pin.key().digest())
          .compare(this, other);
    }
  }

  /** Returns these pins. */
  public static Pins of(Collection<Pin> pins) {
    return new Pins(new TreeSet<>(pins));
  }

  /** All of them, by scope and key. */
  public SortedSet<Pin> all() {
    return new TreeSet<>(pins);
  }

  /** Whether the entry is pinned. */
  public boolean contains(String scope, CacheKey key) {
    return !pins.isEmpty() && pins.contains(new Pin(scope, key));
  }

  /**
   * Reads a file of pins; none if it is not there.
   *
   * @throws IOException if it cannot be read or is damaged: what is pinned is not known, so nothing
   *     may be evicted
   */
  public static Pins read(Path file) throws IOException {
    String[] lines;
    try {
      lines = Files.readString(file).split("\n", -1);
    } catch (NoSuchFileException e) {
      return NONE;
    } catch (CharacterCodingException e) {
      throw damaged(file, e);
    } catch (IOException e) {
      throw new IOException(
          "the file of pins %s cannot be read, so that nothing may be evicted: %s; make it readable"
              .formatted(file, e),
          e);
    }
    int count = lines.length - 3; // the first, the last and what is after its end
    if (count < 0 || !lines[0].equals(FIRST_LINE) || !lines[count + 1].equals(LAST_LINE + count)) {
      throw damaged(file, null);
    }
    SortedSet<Pin> pins = new TreeSet<>();
    try {
      for (int i = 1; i <= count; i++) {
        String[] words = lines[i].split(" ", 2);
        pins.add(
            new Pin(URLDecoder.decode(words[1], UTF_8), new CacheKey(Fingerprint.parse(words[0]))));
      }
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      throw damaged(file, e);
    }
    return new Pins(pins);
  }

  private static IOException damaged(Path file, @Nullable Exception e) {
    return new IOException(
        "the file of pins "
            + file
            + " is damaged, so that nothing may be evicted; mend it, or remove it and pin anew",
        e);
  }

  /**
   * Writes them to a file, durably; there is the old one or the new one at any moment.
   *
   * @throws IOException if it cannot be written; the old one is there
   */
  public void write(Path file) throws IOException {
    StringBuilder text = new StringBuilder(FIRST_LINE).append('\n');
    for (Pin pin : pins) {
      text.append(pin.key.digest())
          .append(' ')
          .append(URLEncoder.encode(pin.scope, UTF_8))
          .append('\n');
    }
    text.append(LAST_LINE).append(pins.size()).append('\n');
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
    Path whole = Files.createTempFile(folder, String.valueOf(file.getFileName()), ".tmp");
    try {
      try (FileChannel channel = FileChannel.open(whole, StandardOpenOption.WRITE)) {
        ByteBuffer rest = ByteBuffer.wrap(text.toString().getBytes(UTF_8));
        while (rest.hasRemaining()) {
          channel.write(rest);
        }
        channel.force(true);
      }
      Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(whole);
    }
    try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
      names.force(true);
    } catch (IOException e) {
      return; // no such thing on this system: a power cut may cost the new file
    }
  }
}
