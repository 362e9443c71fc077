package dev.reprise.cli.doctor;

import dev.reprise.cache.base.Folders;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheIndex.EntryVisitor;
import dev.reprise.cache.index.CacheIndex.IndexStats;
import dev.reprise.cache.index.CacheKey;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.IndexHealth;
import dev.reprise.cache.index.IndexHealth.Examined;
import dev.reprise.cli.base.CommandException;
import dev.reprise.cli.base.HomeView;
import dev.reprise.config.Setting;
import dev.reprise.config.Settings;
import dev.reprise.console.Figures;
import dev.reprise.executor.Check;
import dev.reprise.executor.Check.State;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Looks at the folders of a home and what is in them. Leaves nothing behind. */
final class HomeChecks {
  private static final Duration MOST_SKEW = Duration.ofSeconds(5);

  /** How long files of the index are read: somebody waits. */
  private static final Duration MOST_READING = Duration.ofSeconds(30);

  private final Settings settings;
  private final InstantSource clock;
  private boolean damaged;

  HomeChecks(Settings settings, InstantSource clock) {
    this.settings = settings;
    this.clock = clock;
  }

  /** Whether files of the index were found to be damaged. */
  boolean damaged() {
    return damaged;
  }

  List<Check> all() throws IOException {
    List<Check> checks = new ArrayList<>();
    checks.add(home());
    Check store = store();
    checks.add(store);
    checks.add(
        store.state() == State.FAIL
            ? Check.warn("index", "not looked into, since its store cannot be used", "see store")
            : index());
    IndexHealth.holder(settings.indexFolder())
        .ifPresent(
            holder ->
                checks.add(
                    Check.warn(
                        "lock",
                        "the index is held by " + holder,
                        "other runs wait for it, up to --lock-timeout")));
    List<Path> aside = IndexHealth.movedAside(settings.indexFolder());
    if (!aside.isEmpty()) {
      checks.add(
          Check.warn(
              "aside",
              "an earlier index lies in " + aside.get(aside.size() - 1),
              "'reprise cache rebuild' finds again what it held with blobs; delete it when you do"
                  + " not want to look into it"));
    }
    if (Files.isDirectory(settings.home())) {
      checks.add(clock());
    }
    return checks;
  }

  private Check home() {
    Check folder = folder("home", settings.home(), "--home");
    return folder.state() == State.OK && HomeView.isOfSomethingElse(settings.home())
        ? Check.warn(
            "home",
            folder.text() + ", holds other things and is no home yet",
            "the first run makes it one; name another folder with --home")
        : folder;
  }

  private Check store() throws IOException {
    Check folder = folder("store", settings.store(), "--store");
    if (folder.state() == State.FAIL || isEmpty(settings.store())) {
      return folder;
    }
    try (HomeView home = new HomeView(settings)) {
      home.store();
      return folder;
    } catch (CommandException e) {
      return Check.fail(
          "store",
          String.valueOf(e.getMessage()),
          "runs keep nothing there; name another folder with --store");
    }
  }

  /** A folder that is empty, or not there, becomes a store. */
  private static boolean isEmpty(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return true;
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }

  private Check folder(String name, Path folder, String option) {
    Path there = folder;
    while (there.getParent() != null && !Files.exists(there)) {
      there = there.getParent();
    }
    if (!Files.isDirectory(there)) {
      return Check.fail(
          name,
          "%s cannot be a folder: %s is a file".formatted(folder, there),
          "move it away, or name another folder with " + option);
    }
    try {
      // Root may write where the mode says no, but not where the file system is read-only.
      Files.delete(Files.createTempFile(there, ".doctor", null));
    } catch (IOException e) {
      return Check.fail(
          name,
          "%s cannot be written: %s".formatted(there, reason(e)),
          "runs keep nothing there; name another folder with " + option);
    }
    return space(name, folder, there, option);
  }

  /** The message of such an exception is the name of a file that nobody asked for. */
  private static String reason(IOException e) {
    String reason = e instanceof FileSystemException refused ? refused.getReason() : e.getMessage();
    return reason == null ? e.getClass().getSimpleName() : reason;
  }

  private Check space(String name, Path folder, Path there, String option) {
    long free;
    try {
      free = Folders.usableSpace(there);
    } catch (IOException e) {
      return Check.warn(
          name,
          "%s, whose free space cannot be asked: %s".formatted(real(folder, there), reason(e)),
          "runs find out when they write; if they keep nothing, name another folder with "
              + option);
    }
    String text =
        "%s, %s free%s"
            .formatted(
                real(folder, there),
                Figures.bytes(free),
                there.equals(folder) ? "" : ", not there yet: the first run makes it");
    long floor = settings.bytes(Setting.STORE_FREE_SPACE_FLOOR);
    return free >= floor
        ? Check.ok(name, text)
        : Check.warn(
            name,
            text,
            "nothing is stored below %s; free some space or name another folder with %s"
                .formatted(Figures.bytes(floor), option));
  }

  private static Path real(Path folder, Path there) {
    try {
      return there.toRealPath().resolve(there.relativize(folder)).normalize();
    } catch (IOException e) {
      return folder;
    }
  }

  private Check index() {
    if (!Files.isDirectory(settings.indexFolder())) {
      return Check.ok("index", "none yet");
    }
    Examined examined;
    try {
      examined = IndexHealth.examine(settings.indexFolder(), MOST_READING, Ticker.system());
    } catch (CacheUnavailableException e) {
      return unusable(e);
    }
    damaged = !examined.faults().isEmpty();
    return damaged ? damage(examined) : contents(examined);
  }

  private static Check unusable(Exception e) {
    return Check.fail("index", String.valueOf(e.getMessage()), "runs go on without what it holds");
  }

  private Check damage(Examined examined) {
    int others = examined.faults().size() - 1;
    return Check.fail(
        "index",
        "%s is damaged: %s%s"
            .formatted(
                settings.indexFolder(),
                examined.faults().get(0),
                others == 0 ? "" : ", and %s more".formatted(Figures.count(others, "file"))),
        "what is lost with it runs again; 'reprise cache rebuild --anew' moves it aside and finds"
            + " again what the store holds");
  }

  private Check contents(Examined examined) {
    try (HomeView home = new HomeView(settings)) {
      Tally tally = new Tally();
      home.index().forEach(tally);
      IndexStats stats = home.index().stats();
      String text =
          "%s, %s, format %s%s"
              .formatted(
                  Figures.count(tally.entries) + (tally.entries == 1 ? " entry" : " entries"),
                  Figures.bytes(stats.bytes()),
                  stats.format(),
                  unread(examined));
      return tally.damaged == 0
          ? Check.ok("index", text)
          : Check.warn(
              "index",
              text + "; " + Figures.count(tally.damaged) + " damaged",
              "what they hold runs again; 'reprise cache verify' names them");
    } catch (CommandException | CacheUnavailableException e) {
      return unusable(e);
    }
  }

  /** What there was no time to look at. */
  private static String unread(Examined examined) {
    return examined.read() == examined.tables()
        ? ""
        : "; only %s of %s files checked, in %s"
            .formatted(
                Figures.count(examined.read()),
                Figures.count(examined.tables()),
                Figures.duration(MOST_READING.toNanos()));
  }

  /** Counts entries. */
  private static final class Tally implements EntryVisitor {
    private long entries;
    private long damaged;

    @Override
    public void entry(CacheEntry entry) {
      entries++;
    }

    @Override
    public void damaged(@Nullable CacheKey key, String why) {
      damaged++;
    }
  }

  private Check clock() {
    try {
      Path probe = Files.createTempFile(settings.home(), ".doctor", null);
      Instant now = clock.instant();
      Instant written = Files.getLastModifiedTime(probe).toInstant();
      Files.delete(probe);
      Duration skew = Duration.between(written, now).abs();
      String text =
          "files are written %s off the clock".formatted(Figures.duration(skew.toNanos()));
      return skew.compareTo(MOST_SKEW) <= 0
          ? Check.ok("clock", text)
          : Check.warn(
              "clock",
              text,
              "let both machines keep time (NTP); results expire by this machine's clock");
    } catch (IOException e) {
      return Check.warn("clock", "cannot be told: " + e.getMessage(), "see home");
    }
  }
}
