package dev.reprise.bench.compare;

import static dev.reprise.cache.base.Checks.checkState;

import dev.reprise.bench.ratio.Comparison;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.fingerprint.FileFingerprinter;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.IndexFileMemo;
import dev.reprise.cache.index.IndexSettings;
import dev.reprise.cache.index.RocksCacheIndex;
import dev.reprise.cache.index.Scope;
import dev.reprise.cache.store.FileResultStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Whether files are what they were, by the memo in the index, against asking for their times. */
public final class UnchangedFiles implements Comparison {
  private static final int BYTES = 4096;

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
    Thread.sleep(50); // a file that was written just now is not remembered
    before = digests();
  }

  private List<Fingerprint> digests() throws IOException {
    IndexFileMemo memo = new IndexFileMemo(index, true);
    FileFingerprinter fingerprinter =
        new FileFingerprinter(memo, InstantSource.system(), FileFingerprinter.DEFAULT_TICK);
    List<Fingerprint> digests = new ArrayList<>(files.size());
    for (Path file : files) {
      digests.add(fingerprinter.file(file));
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
