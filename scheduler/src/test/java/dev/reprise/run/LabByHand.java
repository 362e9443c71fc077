package dev.reprise.run;

import dev.reprise.cache.claim.Claims;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.fingerprint.MetClasses;
import dev.reprise.cache.fingerprint.NoCanonicalFormException;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.executor.Argument;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.HeldMemos;
import dev.reprise.plan.Remembering;
import dev.reprise.plan.TaskResolver;
import dev.reprise.plan.ValueEncoder;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The index in a map, results as text, user code called in place. */
final class LabByHand implements LabParts {
  private final RunLab lab;

  LabByHand(RunLab lab) {
    this.lab = lab;
  }

  @Override
  public CacheIndex index() {
    return lab.index;
  }

  @Override
  public Claims claims() {
    return lab.claims;
  }

  @Override
  public TaskResolver resolver() {
    return new LabResolver(lab.codeVersions);
  }

  @Override
  public ValueEncoder values() {
    return new LabValues();
  }

  @Override
  public RunEnvironment.Sources sources() {
    return new RunEnvironment.Sources() {
      @Override
      public Fingerprint digest(String source, Path file) {
        lab.digesting.accept(file);
        return Hasher.of("file").putString(file.toString()).finish();
      }

      @Override
      public Argument.File argument(Path file) {
        throw new AssertionError("no files here");
      }
    };
  }

  @Override
  public Remembering remembering() {
    return lab.remembering;
  }

  @Override
  public HeldMemos held() {
    return lab.held;
  }

  @Override
  public TaskExecutor executor(TaskGraph graph) {
    return new LabExecutor(lab, graph);
  }

  @Override
  public Commits commits(Consumer<List<Commits.Settled>> settled) {
    return new LabCommits(lab, settled, new LabKeeper(lab));
  }

  /** Values go by their text. */
  static final class LabValues implements ValueEncoder {
    @Override
    public Fingerprint digest(@Nullable Object value, MetClasses met)
        throws NoCanonicalFormException {
      if (value instanceof Thread) {
        throw new NoCanonicalFormException("", "a thread has no canonical form");
      }
      return Hasher.of("value").putString(String.valueOf(value)).finish();
    }

    @Override
    public String preview(@Nullable Object value) {
      return String.valueOf(value);
    }
  }
}
