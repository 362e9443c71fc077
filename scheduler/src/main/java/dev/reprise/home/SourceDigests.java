package dev.reprise.home;

import static java.util.Objects.requireNonNull;

import dev.reprise.cache.base.Text;
import dev.reprise.cache.fingerprint.FileFingerprinter;
import dev.reprise.cache.fingerprint.FileList;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.StampedFile;
import dev.reprise.executor.Argument;
import dev.reprise.graph.FileSet;
import dev.reprise.graph.Node;
import dev.reprise.graph.PipelineException;
import dev.reprise.graph.TaskGraph;
import dev.reprise.run.RunEnvironment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Digests the files of sources, each once in a run. Belongs to the run's one thread. */
public final class SourceDigests implements RunEnvironment.Sources {
  private final Map<Path, Source> sources = new HashMap<>();

  /** A file of a list; its list knows it as it was digested first. */
  private static final class Source {
    private final FileList list;
    private final int place;
    private @Nullable StampedFile digested;

    Source(FileList list, int place) {
      this.list = list;
      this.place = place;
    }
  }

  public SourceDigests(FileFingerprinter fingerprinter, TaskGraph graph) {
    for (Node node : graph.nodes()) {
      FileSet files = node.files();
      if (files != null) {
        // Not under the source's name: a pipeline that is renamed has the same files.
        FileList list = fingerprinter.list(files.root() + "\n" + files.pattern(), files.paths());
        for (int i = 0; i < files.paths().size(); i++) {
          sources.putIfAbsent(files.paths().get(i), new Source(list, i));
        }
      }
    }
  }

  @Override
  public Fingerprint digest(String source, Path file) {
    Source of = source(file);
    StampedFile known = of.digested;
    if (known == null) {
      try {
        // Stamped before it is read: a change that comes after is then seen by whoever compares.
        known = of.list.get(of.place);
        of.digested = known;
      } catch (IOException e) {
        throw new PipelineException(
            "source %s: %s".formatted(Text.quote(source), e.getMessage()), e);
      }
    }
    return known.content();
  }

  @Override
  public Argument.File argument(Path file) {
    StampedFile known = source(file).digested;
    if (known == null) {
      throw new IllegalStateException("file " + file + " is taken before it was digested");
    }
    return new Argument.File(file, known.stamp());
  }

  private Source source(Path file) {
    return requireNonNull(sources.get(file), () -> file + " is of no source");
  }
}
