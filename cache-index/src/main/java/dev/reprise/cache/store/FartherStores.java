package dev.reprise.cache.store;

import dev.reprise.cache.base.HostName;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.PartitionRef.Location;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A store with others behind it, which are asked in their order for blobs that it does not have.
 * All that is written or removed is so in the first alone; what the others do never fails a caller,
 * it is as if they did not have the blob.
 */
public final class FartherStores extends ForwardingResultStore {
  /** What the name of a class begins with, in a list of stores. */
  public static final String CLASS = "class:";

  /** A file in the first one's folder, with the folders behind it, one a line: for workers. */
  private static final String LIST = "farther";

  private static final AtomicLong FETCHES = new AtomicLong();

  private final ResultStore first;
  private final List<Farther> others;

  /**
   * Blobs that were not there or not whole when they were read, whatever is said of them. As many
   * as were damaged.
   */
  private final Set<Fingerprint> unfit = ConcurrentHashMap.newKeySet();

  /** Blobs that could not be had when they were read, and may be again. */
  private final Set<Fingerprint> away = ConcurrentHashMap.newKeySet();

  /** One behind the first, named for people; without folder and source if it cannot be opened. */
  private record Farther(
      String name, @Nullable ResultStore folder, @Nullable BlobSource source, Told told) {
    Presence presence(Fingerprint address, long size) {
      try {
        if (folder != null) {
          return folder.presence(address, size);
        }
        return source == null ? Presence.UNKNOWN : source.presence(address, size);
      } catch (RuntimeException | LinkageError e) {
        told.trouble(name, e);
        return Presence.UNKNOWN;
      }
    }
  }

  /** Tells of the first trouble with a store. */
  private record Told(Consumer<String> warnings, AtomicBoolean done) {
    void trouble(String store, Throwable e) {
      if (!done.getAndSet(true)) {
        warnings.accept(
            "the store %s cannot be used (%s); what it alone has is made again"
                .formatted(store, e));
      }
    }
  }

  private FartherStores(ResultStore first, List<Farther> others) {
    super(first);
    this.first = first;
    this.others = others;
  }

  /**
   * Checks an entry of a list of stores.
   *
   * @param entry a folder, or {@code class:} and the name of a {@link BlobSource}
   * @throws IllegalArgumentException if it names no such class; the message says what to do
   */
  public static void check(String entry) {
    if (entry.startsWith(CLASS)) {
      classOf(entry.substring(CLASS.length()));
    } else if (entry.isBlank() || entry.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("a store behind the first has no name; name its folder");
    }
  }

  private static Class<? extends BlobSource> classOf(String name) {
    try {
      ClassLoader context = Thread.currentThread().getContextClassLoader();
      Class<?> found =
          Class.forName(
              name, true, context == null ? FartherStores.class.getClassLoader() : context);
      return found.asSubclass(BlobSource.class);
    } catch (ClassNotFoundException | LinkageError e) {
      throw new IllegalArgumentException(
          "there is no class '%s' for a store; put its jar on the class path".formatted(name), e);
    } catch (ClassCastException e) {
      throw new IllegalArgumentException(
          "class '%s' is no store: it does not implement %s"
              .formatted(name, BlobSource.class.getName()),
          e);
    }
  }

  /**
   * Puts stores behind one.
   *
   * @param entries as {@link #check} takes them, in the order in which they are asked
   * @param warnings told of each that cannot be used, once
   */
  public static ResultStore behind(
      ResultStore first, List<String> entries, Consumer<String> warnings) {
    List<Farther> others = new ArrayList<>();
    for (String entry : entries) {
      Told told = new Told(warnings, new AtomicBoolean());
      try {
        if (entry.startsWith(CLASS)) {
          BlobSource source =
              classOf(entry.substring(CLASS.length())).getConstructor().newInstance();
          others.add(new Farther(entry, null, source, told));
        } else {
          ResultStore folder =
              FileResultStore.open(Path.of(entry), FileResultStore.Settings.STANDARD);
          others.add(new Farther(entry, folder, null, told));
        }
      } catch (IOException | ReflectiveOperationException | RuntimeException | LinkageError e) {
        told.trouble(entry, e);
        others.add(new Farther(entry, null, null, told));
      }
    }
    return others.isEmpty() ? first : new FartherStores(first, others);
  }

  /**
   * Writes down which folders lie behind a store, for workers, who know it by its own.
   *
   * @throws IOException if that cannot be written
   */
  public static void note(Path folder, List<String> entries) throws IOException {
    List<String> folders =
        entries.stream()
            .filter(entry -> !entry.startsWith(CLASS))
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .toList();
    Path list = folder.resolve(LIST);
    if (!folders.equals(noted(folder))) {
      if (folders.isEmpty()) {
        Files.deleteIfExists(list);
      } else {
        Path whole = Files.createTempFile(folder, LIST, ".tmp");
        try {
          Files.write(whole, folders);
          Files.move(whole, list, StandardCopyOption.ATOMIC_MOVE);
        } finally {
          Files.deleteIfExists(whole);
        }
      }
    }
  }

  /** The folders that lie behind the store in a folder; none if that cannot be read. */
  static List<String> noted(Path folder) {
    Path list = folder.resolve(LIST);
    try {
      return Files.exists(list) ? Files.readAllLines(list) : List.of();
    } catch (IOException e) {
      return List.of(); // what they have is made again
    }
  }

  private @Nullable Farther holder(Fingerprint address, long size) {
    if (unfit.contains(address)
        || away.contains(address)
        || first.presence(address, size) != Presence.MISSING) {
      return null;
    }
    for (Farther each : others) {
      if (each.presence(address, size) == Presence.PRESENT) {
        return each;
      }
    }
    return null;
  }

  @Override
  public Presence presence(Fingerprint address, long size) {
    Presence near = first.presence(address, size);
    if (near != Presence.MISSING || unfit.contains(address)) {
      return near;
    }
    if (away.contains(address)) {
      return Presence.UNKNOWN;
    }
    boolean unknown = false;
    for (Farther each : others) {
      Presence there = each.presence(address, size);
      if (there == Presence.PRESENT) {
        return there;
      }
      unknown |= there == Presence.UNKNOWN;
    }
    return unknown ? Presence.UNKNOWN : near;
  }

  @Override
  public Payload read(Location location) {
    if (!(location instanceof Location.Stored stored)) {
      return first.read(location);
    }
    Farther holder = holder(stored.blob().address(), stored.blob().size());
    if (holder == null) {
      return first.read(location);
    }
    ResultStore folder = holder.folder;
    return folder != null ? folder.read(location) : new Fetched(stored, holder);
  }

  /** What is damaged behind the first is not asked for any more; it is not ours to move. */
  @Override
  public boolean quarantine(BlobRef blob) throws IOException {
    if (holder(blob.address(), blob.size()) == null) {
      return first.quarantine(blob);
    }
    unfit.add(blob.address());
    return true;
  }

  @Override
  public Location.Stored publish(Location.Pending pending) throws IOException {
    Location.Stored stored = first.publish(pending);
    for (Farther each : others) {
      BlobSource source = each.source;
      if (source != null) {
        copy(stored, each, source);
      }
    }
    return stored;
  }

  private void copy(Location.Stored stored, Farther to, BlobSource source) {
    Fingerprint address = stored.blob().address();
    long size = stored.blob().size();
    try {
      if (source.keeps() && source.presence(address, size) == Presence.MISSING) {
        try (InputStream bytes = first.read(stored).open()) {
          source.keep(address, size, bytes);
        }
      }
    } catch (IOException | RuntimeException | LinkageError e) {
      to.told.trouble(to.name, e);
    }
  }

  /** A blob of a source, which is copied to the first store, and so checked, before it is read. */
  private final class Fetched implements Payload {
    private final Location.Stored location;
    private final Farther from;
    private @Nullable Payload near;

    Fetched(Location.Stored location, Farther from) {
      this.location = location;
      this.from = from;
    }

    @Override
    public long size() {
      return location.blob().size();
    }

    @Override
    public InputStream open() throws IOException {
      return near().open();
    }

    @Override
    public byte[] bytes() throws IOException {
      return near().bytes();
    }

    @Override
    public Optional<MappedBytes> map(long at, int length) throws IOException {
      return near().map(at, length);
    }

    private synchronized Payload near() throws IOException {
      Payload fetched = near;
      if (fetched == null) {
        fetched = fetch();
        near = fetched;
      }
      return fetched;
    }

    private Payload fetch() throws IOException {
      BlobRef blob = location.blob();
      try {
        BlobSource source = from.source;
        if (source != null && first.presence(blob.address(), blob.size()) == Presence.MISSING) {
          take(blob, source);
        }
        return first.read(location);
      } catch (DamagedBlobException e) {
        throw e;
      } catch (IOException | RuntimeException | LinkageError e) {
        away.add(blob.address());
        from.told.trouble(from.name, e);
        throw new DamagedBlobException(
            blob,
            DamagedBlobException.Damage.MISSING,
            "blob %s cannot be had from %s: %s".formatted(blob.address(), from.name, e),
            e);
      }
    }

    private void take(BlobRef blob, BlobSource source) throws IOException {
      Location made;
      // Nobody else writes under this name: not on another machine, nor in another thread.
      String attempt =
          "%s-%s-%d-%d"
              .formatted(
                  blob.address().brief(),
                  HostName.find().replaceAll("[^A-Za-z0-9]", ""),
                  ProcessHandle.current().pid(),
                  FETCHES.incrementAndGet());
      try (InputStream bytes = source.open(blob.address(), blob.size());
          BlobWriter to = first.write("fetched", attempt, 0)) {
        bytes.transferTo(to);
        made = to.finish();
      }
      if (made instanceof Location.Pending pending && pending.blob().equals(blob)) {
        first.publish(pending);
        return;
      }
      if (made instanceof Location.Pending pending) {
        first.discard(pending);
      }
      unfit.add(blob.address());
      throw new DamagedBlobException(
          blob,
          /* missing= */ true,
          "blob %s from %s is not what its name says".formatted(blob.address(), from.name));
    }
  }
}
