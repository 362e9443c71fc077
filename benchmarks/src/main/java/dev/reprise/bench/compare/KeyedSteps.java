package dev.reprise.bench.compare;

import dev.reprise.cache.code.CodeFingerprint;
import dev.reprise.cache.code.CodeFingerprinter;
import dev.reprise.cache.codec.SharedCodecs;
import dev.reprise.cache.fingerprint.CanonicalEncoder;
import dev.reprise.cache.fingerprint.MetClasses;
import dev.reprise.cache.store.Manifest;
import dev.reprise.executor.ResolvedTask;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.StepKeys;
import dev.reprise.plan.TaskResolver;
import dev.reprise.plan.ValueEncoder;
import dev.reprise.task.TaskSpec;
import java.util.List;
import java.util.TreeMap;

/**
 * Keys of steps as a run composes them, but for the code, which has a version by hand: looking at
 * it belongs to another ratio.
 */
final class KeyedSteps {
  private static final String VERSION = "bench";
  private static final int INLINE_LIMIT = 32 << 10;

  private KeyedSteps() {}

  /** Composes the keys of all steps of a graph. */
  static StepKeys of(TaskGraph graph) {
    StepKeys steps =
        new StepKeys(
            graph,
            new Versioned(),
            ValueEncoder.of(CanonicalEncoder.plain()),
            node -> new TreeMap<>());
    steps.compose();
    return steps;
  }

  private static final class Versioned implements TaskResolver {
    private final SharedCodecs codecs = new SharedCodecs();

    @Override
    public Resolved resolve(String step, TaskSpec spec, Manifest.Shape shape) {
      ResolvedTask task = ResolvedTask.of(spec, shape, INLINE_LIMIT, codecs);
      return new Resolved(
          task.code(),
          step,
          task.function().descriptor(),
          task.parameters(),
          List.of(),
          null,
          task::pass);
    }

    @Override
    public CodeFingerprint identify(Resolved resolved, TaskSpec spec, MetClasses met) {
      return CodeFingerprinter.manual(VERSION);
    }
  }
}
