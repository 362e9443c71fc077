package dev.reprise.cache.code;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.code.CodeFingerprint.Mode;
import dev.reprise.cache.fingerprint.FileFingerprinter;
import dev.reprise.cache.fingerprint.FileStamp;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Decides when an earlier fingerprint still holds, without reading a class.
 *
 * <p>A wrong answer here is a wrong result later, so the rule is strict. A fingerprint follows from
 * the question (the root, what was declared, the platform, our rules, the Java version) and from
 * the files that the class loader finds. It is taken over if the question is equal and every place
 * that is searched is as it was:
 *
 * <ul>
 *   <li>the loaders and their lists of places are equal, those included that manifests add;
 *   <li>each jar, used or not, has the same stamp: size, times, inode. Left out are those behind
 *       the last place in which something was found, if one loader searches and found all that was
 *       asked for: the first place that has a class gives it;
 *   <li>in each class folder, each package that was looked into holds the same files with the same
 *       stamps. So a class that was missing, or that now hides one further back, is noticed.
 * </ul>
 *
 * <p>Stamps are taken before a file is read: a write in between shows as a difference later. A file
 * that was changed within the last tick of file times before this planning began, or later, could
 * change once more without a new stamp; with such a file nothing is kept. Nor is it if a place
 * cannot be told: an unknown kind of class loader, a jar within a jar. Trouble with files is no
 * answer, never an error.
 */
final class MemoKeeper {
  /** Goes up with every change of what is digested, since old records would hide the change. */
  private static final int RULES = 9;

  private final ClassSource source;
  private final PlatformPackages platform;
  private final CodeMemo memo;
  private final long settledNanos;

  MemoKeeper(ClassSource source, PlatformPackages platform, CodeMemo memo, InstantSource clock) {
    this.source = source;
    this.platform = platform;
    this.memo = memo;
    Instant settled = clock.instant().minus(FileFingerprinter.DEFAULT_TICK);
    this.settledNanos = FileStamp.nanos(settled);
  }

  /** A question that a fingerprint answers. */
  record Question(Mode mode, MethodRef root, CodeHints hints) {}

  /** The fingerprint that was kept if it still holds; null otherwise. */
  @Nullable CodeFingerprint find(Question question) {
    Optional<SearchPath> searched = searchPath();
    if (searched.isEmpty()) {
      return null;
    }
    Bytes kept = memo.find(id(question, searched.get()));
    MemoRecord record = kept == null ? null : MemoRecord.read(kept);
    if (record == null) {
      return null;
    }
    List<Path> entries = searched.get().entries();
    List<Path> places =
        new ArrayList<>(entries.subList(0, Math.min(entries.size(), record.entries())));
    record.added().forEach(each -> places.add(Path.of(each)));
    try {
      State now = state(places, record.folders());
      // What may be newer than what runs is looked at file by file: an unused jar is no obstacle.
      return now.digest().equals(record.state())
              && !source.loadTime().mayBeBefore(now.newestNanos())
          ? record.fingerprint()
          : null;
    } catch (IOException e) {
      return null;
    }
  }

  /**
   * Keeps a fingerprint if it can be told later whether it holds.
   *
   * @param folders packages that were looked into
   */
  void keep(Question question, CodeFingerprint fingerprint, Set<String> folders) {
    Optional<SearchPath> searched = searchPath();
    if (searched.isEmpty()) {
      return;
    }
    try {
      SearchPath counting = source.counting(searched.get());
      List<Path> entries = counting.entries();
      List<Path> places = counting.expanded();
      State state = state(places, folders);
      if (state.newestNanos() < settledNanos && source.foundOnlyIn(places)) {
        List<String> added =
            places.subList(entries.size(), places.size()).stream().map(Path::toString).toList();
        MemoRecord record =
            new MemoRecord(
                entries.size(), added, List.copyOf(folders), state.digest(), fingerprint);
        memo.keep(id(question, searched.get()), record.write());
      }
    } catch (IOException e) {
      // What cannot be stamped cannot be kept; the next planning reads it again.
    }
  }

  private Optional<SearchPath> searchPath() {
    return memo == CodeMemo.NONE ? Optional.empty() : source.searchPath();
  }

  private Fingerprint id(Question question, SearchPath searched) {
    Hasher hasher = Hasher.of("reprise/code/memo").putLong(RULES);
    hasher
        .putString(String.valueOf(System.getProperty("java.runtime.version")))
        .putString(question.mode().name());
    MethodRef root = question.root();
    hasher.putString(root.owner()).putString(root.name()).putString(root.descriptor());
    put(question.hints().crossing(), hasher);
    put(question.hints().handedOn(), hasher);
    put(question.hints().alsoRuns(), hasher);
    put(question.hints().alsoReads(), hasher);
    put(platform.packages(), hasher);
    put(platform.except(), hasher);
    put(searched.loaders(), hasher);
    return hasher.putLong(checksum(searched.entries())).finish();
  }

  /**
   * Tells class paths apart, so that each has its record. Were two taken for one, their states
   * would differ, which digest every path; but that class paths are long and digesting is slow in a
   * new process, they would be in the id.
   */
  private static long checksum(List<Path> places) {
    CRC32 crc = new CRC32();
    for (Path place : places) {
      crc.update(place.toString().getBytes(UTF_8));
      crc.update('\n');
    }
    return crc.getValue();
  }

  private static void put(List<?> texts, Hasher to) {
    to.putLong(texts.size());
    texts.forEach(each -> to.putString(each.toString()));
  }

  /**
   * What the searched places look like.
   *
   * @param newestNanos when the last of their files was changed
   */
  private record State(Fingerprint digest, long newestNanos) {}

  private State state(List<Path> places, Collection<String> folders) throws IOException {
    StampHasher hasher = new StampHasher(source.stamps());
    for (Path place : places) {
      FileStamp stamp = source.stamps().of(place);
      if (stamp != null && stamp.kind() == FileStamp.Kind.DIRECTORY) {
        for (String folder : folders) {
          hasher.putFilesIn(place.resolve(folder));
        }
      } else {
        hasher.put(place);
      }
    }
    return new State(hasher.finish(), hasher.newestNanos());
  }
}
