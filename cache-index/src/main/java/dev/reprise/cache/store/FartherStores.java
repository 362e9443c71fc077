package dev.reprise.cache.store;

import dev.reprise.cache.base.Durations;
import dev.reprise.cache.base.HostName;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.FartherStore.Limits;
import dev.reprise.cache.store.PartitionRef.Location;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
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

  /** A wait that lasts longer is told of. */
  private static final Duration SILENCE = Duration.ofSeconds(2);

  private static final AtomicLong FETCHES = new AtomicLong();

  private final ResultStore first;
  private final List<String> folders;
  private final List<FartherStore> others = new ArrayList<>();
  private final ThreadFactory made;

  /** Those of runs that go on; guarded by itself. Of a run that was never begun it is let go of. */
  private final Set<StoreWatch> watches = Collections.newSetFromMap(new WeakHashMap<>());

  /**
   * Blobs that were not there or not whole when they were read, whatever is said of them. As many
   * as were damaged.
   */
  private final Set<Fingerprint> unfit = ConcurrentHashMap.newKeySet();

  /** Blobs that could not be had when they were read, and may be again; and when that was. */
  private final Map<Fingerprint, Long> away = new ConcurrentHashMap<>();

  private final Limits limits;

  private FartherStores(
      ResultStore first, List<String> entries, Consumer<String> warnings, Limits limits) {
    super(first);
    this.first = first;
    this.limits = limits;
    this.folders =
        entries.stream()
            .filter(entry -> !entry.startsWith(CLASS))
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .toList();
    made = threads(Thread.currentThread().getContextClassLoader());
    ExecutorService threads =
        new ThreadPoolExecutor(
            0, Integer.MAX_VALUE, 5, TimeUnit.SECONDS, new SynchronousQueue<>(), made);
    for (String entry : entries) {
      others.add(
          new FartherStore(
              entry, () -> open(entry), threads, limits, text -> tell(text, warnings)));
    }
  }

  /** Threads of which a process does not wait, with the user's classes. */
  private static ThreadFactory threads(@Nullable ClassLoader classes) {
    return work -> {
      Thread thread = new Thread(work, "reprise-stores");
      thread.setDaemon(true);
      thread.setContextClassLoader(classes);
      return thread;
    };
  }

  private static Object open(String entry) throws Exception {
    return entry.startsWith(CLASS)
        ? classOf(entry.substring(CLASS.length())).getConstructor().newInstance()
        : FileResultStore.open(Path.of(entry), FileResultStore.Settings.STANDARD);
  }

  /** Runs that go on hear of trouble; without any, whoever opened the stores. */
  private void tell(String text, Consumer<String> otherwise) {
    List<StoreWatch> hear;
    synchronized (watches) {
      hear = List.copyOf(watches);
    }
    if (hear.isEmpty()) {
      otherwise.accept(text);
    }
    hear.forEach(each -> each.tell(text));
  }

  /** Begins to tell. What runs that go on found is true for one that joins them. */
  void begin(StoreWatch watch) {
    boolean alone;
    synchronized (watches) {
      alone = watches.isEmpty();
      watches.add(watch);
    }
    if (alone) {
      others.forEach(FartherStore::begin);
      away.clear();
    }
  }

  /** Ends to tell. */
  void leave(StoreWatch watch) {
    synchronized (watches) {
      watches.remove(watch);
    }
  }

  /** Copies of what one run publishes, in the order of their stores. */
  Map<FartherStore, Copies> copies() {
    Map<FartherStore, Copies> copies = new LinkedHashMap<>();
    for (FartherStore each : others) {
      if (each.mayKeep()) {
        copies.put(each, new Copies(first, each, made));
      }
    }
    return copies;
  }

  static void end(
      StoreWatch watch, Map<FartherStore, Copies> copies, Duration patience, BooleanSupplier goOn) {
    Ticker ticker = Ticker.system();
    long deadline = ticker.nanos() + patience.toNanos();
    copies.forEach(
        (store, each) -> {
          int left = 0;
          try {
            Duration rest = Duration.ofNanos(Math.max(0, deadline - ticker.nanos()));
            boolean isLong = rest.compareTo(SILENCE) > 0;
            left = each.await(isLong ? SILENCE : rest, goOn);
            if (isLong && left > 0 && goOn.getAsBoolean()) {
              watch.tell(
                  "the run waits for copies of %d results to the store %s, for up to %s"
                      .formatted(left, store.name(), Durations.text(patience)));
              left = each.await(rest.minus(SILENCE), goOn);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            left = each.open();
          }
          String late =
              goOn.getAsBoolean() ? " within " + Durations.text(patience) : " before the run ended";
          String text = Copies.told(store.name(), each.close(), left == 0 ? "" : late);
          if (text != null) {
            watch.tell(text);
          }
        });
  }

  /** Gives up what goes on beside. */
  public static void close(ResultStore store) {
    if (store instanceof FartherStores farther) {
      List<StoreWatch> open;
      synchronized (farther.watches) {
        open = List.copyOf(farther.watches);
      }
      open.forEach(StoreWatch::close);
    }
  }

  /** The store that is written to, without those behind it. */
  public static ResultStore first(ResultStore store) {
    return store instanceof FartherStores farther ? farther.first : store;
  }

  /** The folders behind a store that is open, which workers may reach, in their order. */
  public static List<String> foldersBehind(ResultStore store) {
    return store instanceof FartherStores farther ? farther.folders : List.of();
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
    return behind(first, entries, warnings, Limits.STANDARD);
  }

  static ResultStore behind(
      ResultStore first, List<String> entries, Consumer<String> warnings, Limits limits) {
    return entries.isEmpty() ? first : new FartherStores(first, entries, warnings, limits);
  }

  /** Whether it could not be had lately; it gets another chance when stores do. */
  private boolean isAway(Fingerprint address) {
    Long since = away.get(address);
    if (since != null && limits.ticker().nanos() - since >= limits.again().toNanos()) {
      away.remove(address, since);
      return false;
    }
    return since != null;
  }

  private @Nullable FartherStore holder(Fingerprint address, long size) {
    if (unfit.contains(address)
        || isAway(address)
        || first.presence(address, size) != Presence.MISSING) {
      return null;
    }
    for (FartherStore each : others) {
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
    if (isAway(address)) {
      return Presence.UNKNOWN;
    }
    boolean unknown = false;
    for (FartherStore each : others) {
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
    FartherStore holder = holder(stored.blob().address(), stored.blob().size());
    if (holder == null) {
      return first.read(location);
    }
    FartherStore.Opened opened = holder.opened();
    ResultStore folder = opened == null ? null : opened.folder();
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

  /** A blob of a source, which is copied to the first store, and so checked, before it is read. */
  private final class Fetched implements Payload {
    private final Location.Stored location;
    private final FartherStore from;
    private @Nullable Payload near;

    Fetched(Location.Stored location, FartherStore from) {
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
        FartherStore.Opened opened = from.opened();
        BlobSource source = opened == null ? null : opened.source();
        if (source != null && first.presence(blob.address(), blob.size()) == Presence.MISSING) {
          from.transfer(blob.size(), moved -> take(blob, source, moved));
        }
        return first.read(location);
      } catch (DamagedBlobException | InterruptedIOException e) {
        throw e;
      } catch (IOException e) {
        away.put(blob.address(), limits.ticker().nanos());
        throw new DamagedBlobException(
            blob,
            DamagedBlobException.Damage.MISSING,
            "blob %s cannot be had from %s: %s".formatted(blob.address(), from.name(), e),
            e);
      }
    }

    /** Nobody waits for it any more if its thread is interrupted. */
    private void take(BlobRef blob, BlobSource source, AtomicLong moved) throws IOException {
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
        byte[] some = new byte[1 << 16];
        int read = 0;
        while (moved.get() <= blob.size() && (read = bytes.read(some)) >= 0) { // more is too much
          if (Thread.interrupted()) {
            throw new InterruptedIOException("nobody waits for " + blob.address());
          }
          to.write(some, 0, read);
          moved.addAndGet(read);
        }
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
          "blob %s from %s is not what its name says".formatted(blob.address(), from.name()));
    }
  }
}
