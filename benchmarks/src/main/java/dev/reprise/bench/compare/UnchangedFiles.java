package dev.reprise.bench.compare;

import static dev.reprise.cache.base.Checks.checkState;

import dev.reprise.bench.ratio.Comparison;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.fingerprint.FileBlock;
import dev.reprise.cache.fingerprint.FileFingerprinter;
import dev.reprise.cache.fingerprint.FileList;
import dev.reprise.cache.fingerprint.FileMemo;
import dev.reprise.cache.fingerprint.FileStamp;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.StampedFile;
import dev.reprise.cache.index.IndexFileMemo;
import dev.reprise.cache.index.IndexSettings;
import dev.reprise.cache.index.RocksCacheIndex;
import dev.reprise.cache.index.Scope;
import dev.reprise.cache.store.FileResultStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether files are what they were, by the memo in the index, against asking for their times. */
public final class UnchangedFiles implements Comparison {
  private static final int BYTES = 4096;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Ticker ticker = Ticker.system();
  private final List<Path> files;
  private final RocksCacheIndex index;
  private final List<Fingerprint> before;

  public UnchangedFiles(Path folder, int count) throws Exception {
    files = SourceFolder.make(folder.resolve("files"), count, BYTES);
    FileResultStore store =
        FileResultStore.openOrMake(folder.resolve("store"), FileResultStore.Settings.STANDARD);
    index =
        RocksCacheIndex.open(IndexSettings.of(folder.resolve("index"), Scope.of("bench"), store))
            .index();
    before = digests();
    awaitAllRemembered();
  }

  /** A file that was written just now is not remembered: it may be written again in that tick. */
  private void awaitAllRemembered() throws IOException {
    long end = ticker.nanos() + PATIENCE.toNanos();
    while (filesRead() > 0) {
      checkState(ticker.nanos() < end, "unchanged files are still read again after %s", PATIENCE);
    }
  }

  /** Asks for all digests once more; returns how many files had to be read for them. */
  private int filesRead() throws IOException {
    Counting memo = new Counting(new IndexFileMemo(index, true));
    checkState(digests(memo).equals(before), "files that did not change have other digests");
    return memo.unknown;
  }

  /** A memo, and how often it did not know a file, which was read then. */
  private static final class Counting implements FileMemo {
    private final FileMemo memo;
    private int unknown;

    Counting(FileMemo memo) {
      this.memo = memo;
    }

    @Override
    public Optional<Fingerprint> find(FileStamp stamp) {
      Optional<Fingerprint> known = memo.find(stamp);
      unknown += known.isPresent() ? 0 : 1;
      return known;
    }

    @Override
    public void remember(FileStamp stamp, Fingerprint content) {
      memo.remember(stamp, content);
    }

    @Override
    public @Nullable StampedFile[] find(FileBlock block) {
      return memo.find(block);
    }

    @Override
    public void remember(FileBlock block, @Nullable StampedFile[] files) {
      memo.remember(block, files);
    }
  }

  private List<Fingerprint> digests() throws IOException {
    return digests(new IndexFileMemo(index, true));
  }

  private List<Fingerprint> digests(FileMemo memo) throws IOException {
    FileFingerprinter fingerprinter =
        new FileFingerprinter(memo, InstantSource.system(), FileFingerprinter.DEFAULT_TICK);
    FileList list = fingerprinter.list("bench", files);
    List<Fingerprint> digests = new ArrayList<>(files.size());
    for (int i = 0; i < files.size(); i++) {
      digests.add(list.get(i).content());
    }
    return digests;
  }

  @Override
  public double ours() throws IOException {
    long begun = ticker.nanos();
    List<Fingerprint> digests = digests();
    double nanos = ticker.nanos() - begun;
    checkState(digests.equals(before), "files that did not change have other digests");
    return nanos;
  }

  @Override
  public double peer() throws IOException {
    long begun = ticker.nanos();
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.readAttributes(file, BasicFileAttributes.class).size();
    }
    double nanos = ticker.nanos() - begun;
    checkState(bytes == (long) BYTES * files.size(), "%s bytes", bytes);
    return nanos;
  }

  @Override
  public void close() {
    index.close();
  }
}
