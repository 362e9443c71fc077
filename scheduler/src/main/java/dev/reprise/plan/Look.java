package dev.reprise.plan;

import dev.reprise.cache.fingerprint.NoCanonicalFormException;
import dev.reprise.graph.ObservedSpec;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One look at what keys were made from, in which each source outside is asked once, whatever the
 * number of steps that take it: the probe is the user's and may take its time. Belongs to one
 * thread.
 */
public final class Look {
  private final IdentityHashMap<ObservedSpec, Answer> answers = new IdentityHashMap<>();

  /** The version, or why there is none. */
  private record Answer(@Nullable String version, @Nullable NoCanonicalFormException failure) {}

  /** Asks, and remembers what was said. */
  interface Probe {
    String ask(ObservedSpec source) throws NoCanonicalFormException;
  }

  /** Asks, unless that was done. */
  void ask(ObservedSpec source, Probe probe) {
    answers.computeIfAbsent(source, any -> answer(source, probe));
  }

  String version(ObservedSpec source, Probe probe) throws NoCanonicalFormException {
    Answer known = answers.computeIfAbsent(source, any -> answer(source, probe));
    if (known.version == null) {
      throw new NoCanonicalFormException(
          "", known.failure == null ? "" : String.valueOf(known.failure.getMessage()));
    }
    return known.version;
  }

  private static Answer answer(ObservedSpec source, Probe probe) {
    try {
      return new Answer(probe.ask(source), null);
    } catch (NoCanonicalFormException e) {
      return new Answer(null, e);
    }
  }
}
