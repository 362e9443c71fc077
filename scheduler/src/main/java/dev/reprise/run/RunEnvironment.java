package dev.reprise.run;

import dev.reprise.cache.claim.Claims;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.executor.Argument;
import dev.reprise.plan.HeldMemos;
import dev.reprise.plan.Recollections;
import dev.reprise.plan.Remembering;
import dev.reprise.plan.StepKeys;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a run uses and does not own, so that a simulation can put its own in place.
 *
 * @param index null to run without
 * @param claims who computes what, in this process
 * @param steps keys of the graph's steps
 * @param sources the files of sources
 * @param executors opens the executor of a name; called at first need, in {@code threads}
 * @param threads in which executors start, each in one of its own
 * @param commits opens the committing side; it posts what came of each batch to the consumer
 * @param mailbox of the run
 * @param ticker in nanoseconds, never goes back
 * @param remembering which steps are remembered as wholes
 * @param held what runs of this driver handed out
 * @param recollections what is taken before the cache is asked
 * @param differences says where results of an audit differ
 * @param publisher puts results at paths of the user's
 * @param handsOnFrom from how many units on results are handed on before they are kept
 */
public record RunEnvironment(
    @Nullable CacheIndex index,
    Claims claims,
    StepKeys steps,
    Sources sources,
    ExecutorOpener executors,
    Executor threads,
    Function<Consumer<List<Commits.Settled>>, Commits> commits,
    Mailbox mailbox,
    LongSupplier ticker,
    Remembering remembering,
    HeldMemos held,
    Recollections recollections,
    Differences differences,
    Publisher publisher,
    int handsOnFrom) {

  /** The files of sources. */
  public interface Sources {
    /** The content digest of a file. */
    Fingerprint digest(String source, Path file);

    /** The file as an argument, as it was when it was digested. */
    Argument.File argument(Path file);
  }
}
