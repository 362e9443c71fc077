package dev.reprise.cache.index;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.reprise.cache.base.Folders;
import dev.reprise.cache.index.IndexSettings.Start;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/**
 * Opens an index to write it: takes the lock, checks the format, and begins anew when what is there
 * is damaged. Damage is moved aside, never deleted; what a newer version wrote is not touched.
 */
final class Opening {
  /** Tells the version of the layout; checked before RocksDB looks at anything. */
  static final String MARKER = "reprise-index";

  /** Version of column families, rows and records together. */
  static final int FORMAT = 1;

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  /** How long a write may take before what is written goes without it. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final Pattern A_VERSION = Pattern.compile("[0-9][0-9A-Za-z.+-]{0,15}");

  private static final Pattern FILE_VERSION = Pattern.compile("format_version: ([0-9]{1,10})");

  private final IndexSettings settings;

  Opening(IndexSettings settings) {
    this.settings = settings;
  }

  /** An open database and what opening it came to. */
  record Opened(Database database, OpenReport report) {}

  Opened open() throws IndexLockedException, CacheUnavailableException {
    RocksLibrary.load();
    Path folder = makeFolder();
    Reserve reserve = new Reserve(folder, settings.floor());
    reserve.release();
    IndexLock lock = lock(folder);
    try {
      Opened opened = open(folder, lock);
      reserve.take();
      return opened;
    } catch (Throwable e) { // also a RocksDB that lacks a method
      release(lock);
      throw e;
    }
  }

  private Path makeFolder() throws CacheUnavailableException {
    Path folder = settings.folder();
    try {
      if (!Files.isDirectory(folder)) {
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
          Files.createDirectories(
              folder,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
          Files.createDirectories(folder);
        }
      }
      return folder.toRealPath();
    } catch (IOException e) {
      throw notWritable(folder, e);
    }
  }

  private IndexLock lock(Path folder) throws IndexLockedException, CacheUnavailableException {
    Instant since = settings.time().clock().instant().truncatedTo(ChronoUnit.SECONDS);
    try {
      return IndexLock.take(
          folder,
          Holder.self(since, settings.lock().command()),
          settings.lock().timeout(),
          settings.lock().watcher(),
          settings.time().ticker(),
          settings.lock().locking());
    } catch (IOException e) {
      throw notWritable(folder, e);
    }
  }

  private static CacheUnavailableException notWritable(Path folder, IOException e) {
    return new CacheUnavailableException(
        "the index "
            + folder
            + " cannot be written ("
            + (e instanceof AccessDeniedException ? "access denied: " : "")
            + e.getMessage()
            + "): use another --home, or --cache=read to reuse what is there",
        e);
  }

  private Opened open(Path folder, IndexLock lock) throws CacheUnavailableException {
    boolean told = !isMarkerDamaged(folder);
    if (told) {
      checkFormat(folder);
    }
    boolean there = Files.exists(folder.resolve("CURRENT"));
    OpenReport report = there ? new OpenReport.Opened() : new OpenReport.Made();
    if (settings.start() == Start.EMPTY) {
      if (there || !told) {
        report = moveAside(folder, "replaced", "the index is begun anew");
      }
    } else if (!told) {
      report = moveDamageAside(folder, markerDamaged(folder));
    } else if (!there && isMade(folder) && hasOtherFiles(folder)) {
      report = moveDamageAside(folder, "the index " + folder + " has lost its file CURRENT");
    }
    try {
      return new Opened(openRocks(folder, lock), report);
    } catch (RocksDBException e) {
      String why = "the index " + folder + " is damaged (" + e.getMessage() + ")";
      if (!isDamage(e)) {
        throw unavailable(folder, e);
      }
      OpenReport moved = moveDamageAside(folder, why);
      try {
        return new Opened(openRocks(folder, lock), moved);
      } catch (RocksDBException again) {
        again.addSuppressed(e);
        throw unavailable(folder, again);
      }
    }
  }

  private Database openRocks(Path folder, IndexLock lock)
      throws RocksDBException, CacheUnavailableException {
    Tuning tuning = new Tuning();
    try {
      if (RecycledRecords.refuse(folder)) {
        tuning.leaveLogs(); // no view could be opened while a damaged one is there
      }
      List<ColumnFamilyHandle> handles = new ArrayList<>();
      RocksDB db = RocksDB.open(tuning.options(), folder.toString(), tuning.families(), handles);
      Database database =
          new Database(
              folder,
              Tables.readable(db, /* view= */ false, handles),
              tuning,
              new WriteLane(PATIENCE),
              settings.floor(),
              () -> release(lock));
      mark(folder, database);
      return database;
    } catch (RocksDBException | RuntimeException e) {
      tuning.close();
      throw e;
    }
  }

  private static void mark(Path folder, Database database) throws CacheUnavailableException {
    Path marker = folder.resolve(MARKER);
    if (!Files.exists(marker)) {
      try {
        Files.writeString(marker, FORMAT + "\n", US_ASCII);
      } catch (IOException e) {
        database.close();
        throw notWritable(folder, e);
      }
    }
  }

  /** Refuses what a newer Reprise wrote. An index without a marker is of the first version. */
  static void checkFormat(Path folder) throws CacheUnavailableException {
    String found = format(folder);
    if (isMarkerDamaged(folder)) {
      throw new CacheUnavailableException(
          markerDamaged(folder) + "; the next run moves it aside and begins an empty one");
    } else if (!found.isEmpty() && !found.equals(Integer.toString(FORMAT))) {
      throw new IndexFormatException(
          "the index "
              + folder
              + " has format '"
              + found
              + "', this Reprise knows "
              + FORMAT
              + ": use the Reprise that wrote it, or another --home; nothing was changed");
    }
  }

  /** What the marker tells; empty if there is none, or it is empty. */
  private static String format(Path folder) throws CacheUnavailableException {
    try {
      return Files.readString(folder.resolve(MARKER), ISO_8859_1).strip();
    } catch (NoSuchFileException e) {
      return "";
    } catch (IOException e) {
      throw notWritable(folder, e);
    }
  }

  /** Whether the marker tells what no version ever is, be it of a newer Reprise. */
  private static boolean isMarkerDamaged(Path folder) throws CacheUnavailableException {
    String found = format(folder);
    return !found.isEmpty() && !A_VERSION.matcher(found).matches();
  }

  private static String markerDamaged(Path folder) {
    return "the index " + folder + " is damaged (its file " + MARKER + " tells no version)";
  }

  /** What an error at opening means. */
  static CacheUnavailableException unavailable(Path folder, RocksDBException e) {
    String message = String.valueOf(e.getMessage());
    if (isNewer(message)) {
      return new IndexFormatException(
          "the index "
              + folder
              + " was written by a newer RocksDB than "
              + RocksDB.rocksdbVersion()
              + " ("
              + message
              + "): use the Reprise that wrote it, or another --home; nothing was changed",
          e);
    }
    String wayOut = isDamage(e) ? "; the next run moves it aside and begins an empty one" : "";
    return new CacheUnavailableException(
        "the index " + folder + " cannot be opened: " + message + wayOut, e);
  }

  /**
   * Of a version in a file RocksDB says "corrupt or unsupported": one that is a little higher than
   * ours is a newer one's, any other is damage.
   */
  private static boolean isNewer(String message) {
    Matcher version = FILE_VERSION.matcher(message);
    return version.find()
        ? Tuning.isNewerFile(Long.parseLong(version.group(1)))
        : message.contains("Column famil");
  }

  /**
   * Whether an error at opening says that files are damaged or missing, as against a disk that is
   * full, rights that are missing, or a format that is newer.
   */
  static boolean isDamage(RocksDBException e) {
    String message = String.valueOf(e.getMessage());
    if (isNewer(message)) {
      return false;
    }
    Status status = e.getStatus();
    return Database.isCorruption(e)
        || (status != null && status.getCode() == Status.Code.NotFound)
        || message.contains("No such file");
  }

  /**
   * Whether an index was ever open there. Without its marker, which is written last, what lies
   * there is what the making of one left that was cut short, in which there is nothing to be lost:
   * unless it has tables, as after a copy of half a folder.
   */
  static boolean isMade(Path folder) throws CacheUnavailableException {
    return Files.exists(folder.resolve(MARKER))
        || databaseFiles(folder).stream().anyMatch(file -> file.toString().endsWith(".sst"));
  }

  static boolean hasOtherFiles(Path folder) throws CacheUnavailableException {
    return !databaseFiles(folder).isEmpty();
  }

  /** All files but those that stay with the folder: lock, owner, reserve, marker. */
  private static List<Path> databaseFiles(Path folder) throws CacheUnavailableException {
    List<Path> found = new ArrayList<>();
    try {
      for (Path file : Folders.list(folder)) {
        String name = String.valueOf(file.getFileName());
        if (!name.equals(IndexLock.LOCK_FILE)
            && !name.equals(IndexLock.OWNER_FILE)
            && !name.equals(Reserve.FILE)
            && !name.equals(MARKER)) {
          found.add(file);
        }
      }
      return found;
    } catch (IOException e) {
      throw notWritable(folder, e);
    }
  }

  private OpenReport moveDamageAside(Path folder, String why) throws CacheUnavailableException {
    if (settings.start() == Start.SOUND) {
      throw new CacheUnavailableException(
          why
              + "; it stays as it is: a run with --cache=on moves it aside and begins an empty one");
    }
    return moveAside(folder, "corrupt", why);
  }

  /**
   * Moves the database's files to a folder beside, {@code CURRENT} first: if this is cut short,
   * what is left is no database any more and is moved aside the next time.
   */
  private OpenReport moveAside(Path folder, String how, String why)
      throws CacheUnavailableException {
    String stamp = STAMP.format(settings.time().clock().instant());
    try {
      Path aside = folder.resolveSibling(folder.getFileName() + "." + how + "-" + stamp);
      for (int i = 2; Files.exists(aside); i++) {
        aside = folder.resolveSibling(folder.getFileName() + "." + how + "-" + stamp + "-" + i);
      }
      Files.createDirectory(aside);
      Path current = folder.resolve("CURRENT");
      if (Files.exists(current)) {
        Files.move(current, aside.resolve("CURRENT"));
      }
      for (Path file : databaseFiles(folder)) {
        Files.move(file, aside.resolve(file.getFileName()));
      }
      if (isMarkerDamaged(
          folder)) { // last: without it what is left would pass for the first version
        Files.move(folder.resolve(MARKER), aside.resolve(MARKER));
      }
      return new OpenReport.MovedAside(aside, why);
    } catch (IOException e) {
      throw notWritable(folder, e);
    }
  }

  private static void release(IndexLock lock) {
    try {
      lock.close();
    } catch (IOException e) {
      // the lock itself is gone; only the file that names the owner may be left
    }
  }
}
