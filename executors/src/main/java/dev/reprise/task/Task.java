package dev.reprise.task;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.code.CodeFingerprint.Mode;
import dev.reprise.cache.code.MethodRef;
import dev.reprise.cache.code.TaskFunction;
import dev.reprise.cache.codec.RowOrder;
import dev.reprise.task.CachePolicy.Sharing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A function with what the user declares about it. Immutable: each method returns a changed copy.
 *
 * @param <R> type of the result
 * @param <S> the type itself
 */
public abstract sealed class Task<R extends @Nullable Object, S extends Task<R, S>>
    permits Task0, Task1, Task2, Task3, Task4, Task5 {
  private final TaskSpec spec;

  Task(TaskSpec spec) {
    this.spec = spec;
  }

  /** All that is declared. */
  public final TaskSpec spec() {
    return spec;
  }

  /** Returns a task of the same types with another declaration; for plugins. */
  public abstract S with(TaskSpec changed);

  /**
   * Names the task. The name is in its keys in place of the method's. With a {@link #manualVersion}
   * results are found again when the method is renamed or moved, and two tasks of one name and
   * version share results; otherwise the code is in the key, and names of methods are part of it.
   *
   * @throws IllegalArgumentException if the name is not of the allowed form; choose another
   */
  public final S named(String name) {
    checkArgument(
        name.matches("[\\p{L}\\p{N}._-]{1,200}"),
        "bad name of a task: use 1 to 200 letters, digits, '.', '_' and '-'");
    return with(spec.withName(name));
  }

  /**
   * Sets the whole cache policy. What it does not say is left to the pipeline, then to the run,
   * then to the defaults.
   */
  public final S cache(CachePolicy policy) {
    return with(spec.withCache(policy));
  }

  /** Neither reads nor keeps results of this task. */
  public final S uncached() {
    return with(spec.withCache(spec.cache().withEnabled(false)));
  }

  /** Keeps results; for a side effect this is the opt-in to a receipt. */
  public final S cached() {
    return with(spec.withCache(spec.cache().withEnabled(true)));
  }

  /**
   * Adds a version to the key. The code stays in the key; see {@link #manualVersion} for a version
   * in place of it.
   *
   * @throws IllegalArgumentException if it holds anything but letters, digits, '-' and '_'
   */
  public final S version(String version) {
    return withPolicy(policy -> policy.withVersion(version));
  }

  /**
   * Identifies the code by {@code version} alone: an edit without a new version is not seen. A
   * lambda or a method of an anonymous or local class must be {@link #named} too, since the name is
   * all that tells it from others of one version.
   *
   * @throws IllegalArgumentException if it holds anything but letters, digits, '-' and '_'
   */
  public final S manualVersion(String version) {
    return withPolicy(policy -> policy.withVersion(version).withMode(Mode.MANUAL));
  }

  /** Chooses how the code enters the key; the default is {@link Mode#CLOSURE}. */
  public final S codeIdentity(Mode mode) {
    return withPolicy(policy -> policy.withMode(mode));
  }

  /**
   * Looks results up under another version than they are kept under: as while a new version fills
   * its cache and the old one serves.
   *
   * @throws IllegalArgumentException if it holds anything but letters, digits, '-' and '_'
   */
  public final S readVersion(String version) {
    return withPolicy(policy -> policy.withReadVersion(version));
  }

  /** Adds any text to the key: with another one, what was kept is not found. */
  public final S salt(String salt) {
    return withPolicy(policy -> policy.withSalt(salt));
  }

  /** Lets a strategy find the version, unless one is given in words. */
  public final S versionedBy(VersionStrategy strategy) {
    return withPolicy(policy -> policy.withStrategy(strategy));
  }

  /**
   * Puts these arguments alone into the key, by the names of the function's parameters and in this
   * order. They enter by their place in it, so that results are found again when a parameter is
   * renamed, moved or added that is not among them.
   *
   * @throws IllegalArgumentException if there are none, one is named twice, or arguments are
   *     {@linkplain #ignoring ignored}
   */
  public final S keyedBy(String... arguments) {
    return withPolicy(policy -> policy.withKeyed(List.of(arguments)));
  }

  /**
   * Keeps results in a cache that tasks may share, under keys that the user writes:
   *
   * <pre>{@code
   * static final NamedCache PRICES = new NamedCache("prices");
   * task(Shop::price).keptIn(PRICES, "price-{symbol}-{day}")
   * }</pre>
   *
   * <p>The key stands in the place of the task's name, its code and its arguments: what it does not
   * tell apart is one entry. A version and a salt count beside it. A constant or a parameter enters
   * by its text, what another step gives by its content.
   *
   * @param key text in which <code>{name}</code> is the argument of that parameter
   * @throws IllegalArgumentException if braces do not match, or arguments are ignored or listed
   */
  public final S keptIn(NamedCache cache, String key) {
    return withPolicy(policy -> policy.withKey(new NamedCache.Key(cache, key)));
  }

  /**
   * Says what becomes of a unit while an equal one is under way; by default it waits for it, and
   * takes over if that one fails. Needs the cache, by which units are equal.
   */
  public final S sharing(Sharing how) {
    return withPolicy(policy -> policy.withSharing(how));
  }

  /**
   * Keeps failures of these classes for a while, subclasses included: until then a unit with the
   * same key is not executed, and fails at once with what it failed with. For what is not worth
   * another try soon, such as an input that is refused after an hour of work. Kept is what the task
   * itself threw, after all retries; never what an engine, a lost worker, a deadline or the cache
   * did. A result always goes before a failure, and {@code --rerun}, {@code --cache=refresh}, a
   * retry or a resumption of the run execute it whatever is kept. Needs the cache.
   *
   * @param time more than nothing, at most a day; a failure counts no longer than this says when it
   *     is looked for, whatever it said when it was kept
   * @param classes one at least; neither {@link Throwable} nor {@link Error} nor what extends that
   * @throws IllegalArgumentException if the time or a class is none of these
   */
  @SafeVarargs
  public final S keepFailures(Duration time, Class<? extends Throwable>... classes) {
    List<@Nullable Class<?>> named = new ArrayList<>();
    if (classes == null) {
      named.add(null); // which is refused as one that is null
    } else {
      for (Class<?> each : classes) {
        named.add(each);
      }
    }
    return withPolicy(policy -> policy.withFailures(FailureKeeping.of(time, named)));
  }

  /** Lets results expire so long after they were made. */
  public final S ttl(Duration timeToLive) {
    return withPolicy(policy -> policy.withTimeToLive(timeToLive));
  }

  /** Takes no result that is older, and none at all if {@code age} is zero. */
  public final S maxAge(Duration age) {
    return withPolicy(policy -> policy.withMaxAge(age));
  }

  /**
   * Leaves arguments out of the key, by the name of the step's parameter, beside those that are
   * left out already.
   *
   * @see CachePolicy#ignored
   */
  public final S ignoring(String... arguments) {
    return withPolicy(policy -> policy.withIgnored(and(policy.ignored(), List.of(arguments))));
  }

  /**
   * Takes files of sources by what is in them alone. Without it, their paths below the source's
   * folder are in the key, since a path may say what the file does not ({@code
   * month=2001-04/part.csv}); with it, a file that is moved or renamed is the same to this task,
   * which must not look at its path.
   */
  public final S ignoringPaths() {
    return with(spec.withCache(spec.cache().withPaths(false)));
  }

  /**
   * Lets the execution that makes a result stand for it in the keys of what takes it, in place of
   * its content: made again, it is another, whatever is in it, and what follows runs. For data of
   * which the result is only a reference, such as the name of a table.
   */
  public final S byReference() {
    return withPolicy(policy -> policy.withReference(true));
  }

  /**
   * Declares more code that the analysis cannot see, such as what reflection reaches or a service
   * provider.
   */
  public final S alsoRuns(Class<?>... classes) {
    CachePolicy cache = spec.cache();
    return with(spec.withCache(cache.withAlsoRuns(and(cache.alsoRuns(), List.of(classes)))));
  }

  /** Declares more class-path resources that change the result, by path. */
  public final S alsoReads(String... resources) {
    CachePolicy cache = spec.cache();
    return with(spec.withCache(cache.withAlsoReads(and(cache.alsoReads(), List.of(resources)))));
  }

  /**
   * Makes calls with equal arguments one execution within a run, and within those that resume it:
   * also of side effects and of tasks that keep nothing. A step that is named to run again runs,
   * and later calls get what it made.
   *
   * @param arguments those that count, by the name of the function's parameter, else of the
   *     pipeline's; none for all
   */
  public final S memo(String... arguments) {
    return with(spec.withMemo(new Memo(true, List.of(arguments))));
  }

  /** Makes each call an execution of its own, whatever the pipeline or the run says. */
  public final S withoutMemo() {
    return with(spec.withMemo(Memo.OFF));
  }

  /** Repeats failed units. */
  public final S retry(RetryPolicy policy) {
    return with(spec.withRetry(policy));
  }

  /** Sets the deadlines. */
  public final S timeout(Timeout timeout) {
    return with(spec.withTimeout(timeout));
  }

  /** Sets the deadline of one attempt's run. */
  public final S timeout(Duration run) {
    return with(spec.withTimeout(spec.timeout().withRun(run)));
  }

  /** Sets what one unit needs. */
  public final S resources(Resources resources) {
    return with(spec.withResources(resources));
  }

  /** Sets how many processors one unit needs; not in the key. */
  public final S cpus(double cpus) {
    return with(spec.withResources(spec.resources().withCpus(cpus)));
  }

  /** Sets how much memory one unit needs, in bytes; not in the key. */
  public final S memory(long bytes) {
    return with(spec.withResources(spec.resources().withMemoryBytes(bytes)));
  }

  /** Allows results and captured values to hold more classes than the signature names. */
  public final S register(Class<?>... classes) {
    return with(spec.withRegistered(and(spec.registered(), List.of(classes))));
  }

  /**
   * Makes the order of rows part of the tables that this task returns. Without it, the same rows in
   * another order are the same result, and what takes them is reused; ask for it if what comes
   * after looks at the order, as in "the first ten rows".
   */
  public final S rowOrderMatters() {
    return with(spec.withRowOrder(RowOrder.SIGNIFICANT));
  }

  /** Changes the cache policy; what is wrong with it is said of this task. */
  private S withPolicy(UnaryOperator<CachePolicy> change) {
    CachePolicy changed;
    try {
      changed = change.apply(spec.cache());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("task '%s': %s".formatted(shownName(), e.getMessage()), e);
    }
    return with(spec.withCache(changed));
  }

  private String shownName() {
    String given = spec.name();
    if (given != null) {
      return given;
    }
    try {
      MethodRef method = TaskFunction.of(spec.function()).method();
      return method.owner() + "." + method.name();
    } catch (IllegalArgumentException e) {
      return "without a name"; // what is wrong with its function is said when it is used
    }
  }

  /** What was declared before and what is added, each once. */
  private static <T> List<T> and(List<T> before, List<? extends T> more) {
    return Stream.concat(before.stream(), more.stream()).distinct().toList();
  }
}
