package dev.reprise.home;

import dev.reprise.cache.base.Text;
import dev.reprise.cache.fingerprint.FileFingerprinter;
import dev.reprise.cache.fingerprint.FileStamp;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.executor.Argument;
import dev.reprise.graph.PipelineException;
import dev.reprise.run.RunEnvironment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Digests the files of sources, each once in a run. Belongs to the run's one thread. */
public final class SourceDigests implements RunEnvironment.Sources {
  private final FileFingerprinter fingerprinter;
  private final Map<Path, Seen> seen = new HashMap<>();

  private record Seen(Fingerprint content, FileStamp stamp) {}

  public SourceDigests(FileFingerprinter fingerprinter) {
    this.fingerprinter = fingerprinter;
  }

  @Override
  public Fingerprint digest(String source, Path file) {
    Seen known = seen.get(file);
    if (known == null) {
      try {
        // Stamped before it is read: a change that comes after is then seen by whoever compares.
        FileStamp stamp = FileStamp.of(file);
        known = new Seen(fingerprinter.file(file), stamp);
        seen.put(file, known);
      } catch (IOException e) {
        throw new PipelineException(
            "source %s: %s".formatted(Text.quote(source), e.getMessage()), e);
      }
    }
    return known.content();
  }

  @Override
  public Argument.File argument(Path file) {
    Seen known = seen.get(file);
    if (known == null) {
      throw new IllegalStateException("file " + file + " is taken before it was digested");
    }
    return new Argument.File(file, known.stamp());
  }
}
