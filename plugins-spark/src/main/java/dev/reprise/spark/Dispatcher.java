package dev.reprise.spark;

import static java.util.Objects.requireNonNull;

import dev.reprise.cache.base.Alarms;
import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.base.Ticker;
import dev.reprise.executor.Answer;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Cancelled;
import dev.reprise.executor.AttemptResult.Lost;
import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.TaskExecutor.AttemptListener;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.executor.envelope.Envelope;
import dev.reprise.executor.envelope.EnvelopeException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes Spark jobs of what is submitted, and answers of what becomes of their tasks. */
final class Dispatcher implements TaskWatch.Events {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

  /*
   * One thread owns all state and calls the listeners; everybody else posts events to it. An attempt is
   * in `open` until it is answered. A group is in `waiting`, or in the one batch that it went out with;
   * a batch is in `batches` until Spark has told its end.
   *
   * Spark tells twice what becomes of a task: to the job (surely, results and the end alone) and to the
   * watch (soon, everything, but it may be left out). So answers come from the job, and the watch makes
   * them sooner or better: it says which units run, and that an executor is gone and why. Without it a
   * lost task still ends, because Spark's second try of it returns without running anything.
   */

  /** How long to wait for more units when some have come: a wave is submitted piece by piece. */
  private static final long LINGER = TimeUnit.MILLISECONDS.toNanos(2);

  private static final long LONGEST_LINGER = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long LOOK = TimeUnit.SECONDS.toNanos(1);

  /** Of tasks, if nobody sets a bound; more than a window of units can make. */
  private static final int MOST_OUT = 1 << 20;

  /** How long a call of Spark's may take beyond what it should when all is closed. */
  private static final Duration STUCK = Duration.ofSeconds(5);

  /** No unit of a group begins later than this after the first. */
  private static final Duration BUDGET = Duration.ofMillis(200);

  private final Setting setting;
  private final SparkSettings settings;
  private final SparkLink link;
  private final Alarms alarms;
  private final Ticker ticker;
  private final Grouping grouping = new Grouping();
  private final BlockingQueue<Runnable> events = new LinkedBlockingQueue<>();
  private final Thread thread = new Thread(this::work, "reprise-spark");

  private final Map<Long, Unit> open = new LinkedHashMap<>();
  private final Deque<Group> waiting = new ArrayDeque<>();
  private final Map<String, Batch> batches = new HashMap<>();
  private int waitingUnits;
  private int groupsOut;
  private int batchesMade;
  private long waitingSince;
  private long executorSeen;
  private boolean closing;
  private long closeBy;
  private volatile @Nullable String broken;

  Dispatcher(
      Setting setting, SparkSettings settings, SparkLink link, Alarms alarms, Ticker ticker) {
    this.setting = setting;
    this.settings = settings;
    this.link = link;
    this.alarms = alarms;
    this.ticker = ticker;
    thread.setDaemon(true);
  }

  /** An attempt that is not answered. */
  private static final class Unit {
    final AttemptListener listener;
    Group group;
    boolean told;
    boolean asked;

    Unit(AttemptListener listener, Group group) {
      this.listener = listener;
      this.group = group;
    }
  }

  /** What the ids of this dispatcher's batches begin with. */
  String prefix() {
    return "reprise/" + setting.run() + "/";
  }

  /** Why no more units are taken; null if they are. */
  @Nullable String broken() {
    return broken;
  }

  void start() {
    executorSeen = ticker.nanos();
    thread.start();
  }

  void submit(WorkChunk chunk, Claim claim, AttemptListener listener) {
    events.add(() -> accept(chunk, claim, listener));
  }

  void cancel(long[] attempts) {
    events.add(() -> onCancel(attempts));
  }

  /**
   * Cancels everything and waits until it is answered, but not longer than {@code most} and what a
   * call of Spark's that is under way may take.
   */
  void close(long most) {
    events.add(
        () -> {
          closing = true;
          closeBy = ticker.nanos() + most;
          onCancel(open.keySet().stream().mapToLong(Long::longValue).toArray());
        });
    if (!Bounded.join(thread, Duration.ofNanos(most).plus(STUCK))) {
      LOG.warn("Spark does not return from a call; its thread is abandoned");
    }
  }

  // ---- the thread -------------------------------------------------------------------------------

  private void work() {
    try {
      while (!closing || (!open.isEmpty() && ticker.nanos() < closeBy)) {
        try {
          turn();
        } catch (InterruptedException e) {
          // Nobody ends this thread but close().
        } catch (Throwable e) {
          // Scala throws checked exceptions, too, and declares none. The next turn answers what is
          // open.
          LOG.error("jobs cannot be given to Spark", e);
          broken = link.refused(e);
        }
      }
    } finally {
      if (!closing) {
        broken = "the thread that gives jobs to Spark has died; look at the driver's log";
      }
      List.copyOf(open.keySet()).forEach(attempt -> answer(attempt, cancelled()));
    }
  }

  private void turn() throws InterruptedException {
    String why = broken;
    if (why != null && !open.isEmpty()) {
      breakDown(why);
    }
    Runnable event = events.poll(nap(), TimeUnit.NANOSECONDS);
    if (event != null) {
      event.run();
    }
    if (!waiting.isEmpty() && events.isEmpty() && lingered(event == null)) {
      dispatch();
    }
    checkSpark();
  }

  private long nap() {
    return waiting.isEmpty() || !hasRoom() ? LOOK : LINGER;
  }

  private boolean lingered(boolean idle) {
    return hasRoom() && (idle || ticker.nanos() - waitingSince > LONGEST_LINGER);
  }

  private boolean hasRoom() {
    return room() > 0;
  }

  /** How many tasks may go out. */
  private int room() {
    int most = settings.maxParallel() == 0 ? MOST_OUT : settings.maxParallel();
    return most - groupsOut;
  }

  private void accept(WorkChunk chunk, Claim claim, AttemptListener listener) {
    if (closing) {
      chunk.units().forEach(unit -> listener.finished(unit.attempt(), cancelled()));
      return;
    }
    Group group = new Group(chunk, claim, listener, false);
    chunk.units().forEach(unit -> open.put(unit.attempt(), new Unit(listener, group)));
    enqueue(group);
    String why = broken;
    if (why != null) {
      breakDown(why);
    }
  }

  private void enqueue(Group group) {
    if (waiting.isEmpty()) {
      waitingSince = ticker.nanos();
    }
    waiting.add(group);
    waitingUnits += group.units().size();
  }

  // ---- out --------------------------------------------------------------------------------------

  private void dispatch() {
    List<Group> out = new ArrayList<>();
    int room = room();
    int slots = Math.min(link.slots(), room + groupsOut);
    int all = waitingUnits;
    while (!waiting.isEmpty() && out.size() < room) {
      Group next = waiting.removeFirst();
      waitingUnits -= next.units().size();
      split(next, all, slots, room, out);
    }
    Map<Claim, List<Group>> jobs = new LinkedHashMap<>();
    out.forEach(group -> jobs.computeIfAbsent(group.claim, any -> new ArrayList<>()).add(group));
    jobs.forEach(this::run);
  }

  private void run(Claim claim, List<Group> groups) {
    Batch batch = new Batch(prefix() + ++batchesMade, groups);
    List<byte[]> inputs = new ArrayList<>(groups.size());
    for (Group group : groups) {
      inputs.add(assignment(group));
    }
    batches.put(batch.id(), batch);
    groupsOut += groups.size();
    try {
      link.run(
          batch,
          claim,
          inputs,
          (index, bytes) -> events.add(() -> onResult(batch, index, bytes)),
          failure -> events.add(() -> onEnd(batch, failure)));
    } catch (IllegalStateException e) {
      breakDown("Spark was stopped: " + e.getMessage());
    }
  }

  /**
   * Cuts a group into such as are to be tasks, as long as {@code to} has fewer than {@code most};
   * the rest waits on. Units that were answered meanwhile are left out.
   */
  private void split(Group group, int all, int slots, int most, List<Group> to) {
    List<UnitWork> units =
        group.units().stream().filter(unit -> open.containsKey(unit.attempt())).toList();
    int size = group.again ? 1 : grouping.size(group.chunk.step(), all, slots);
    if (group.chunk.code().effect()) {
      size = 1; // what is lost with another unit would have to happen again
    }
    int from = 0;
    for (; from < units.size() && to.size() < most; from += size) {
      to.add(part(group, units.subList(from, Math.min(units.size(), from + size))));
    }
    if (from < units.size()) {
      Group rest = part(group, units.subList(from, units.size()));
      waiting.addFirst(rest);
      waitingUnits += rest.units().size();
    }
  }

  private Group part(Group group, List<UnitWork> units) {
    Group made = new Group(group.chunk.of(units), group.claim, group.listener, group.again);
    units.forEach(unit -> unit(unit).group = made);
    return made;
  }

  private Unit unit(UnitWork work) {
    return requireNonNull(open.get(work.attempt()));
  }

  private byte[] assignment(Group group) {
    try {
      return new Assignment(
              link.store(),
              setting.store().freeSpaceFloor(),
              settings.grace().toNanos(),
              BUDGET.toNanos(),
              link.speculates(),
              Envelope.pack(group.chunk))
          .toBytes();
    } catch (EnvelopeException e) {
      throw new IllegalStateException("a chunk that could be packed no longer can", e);
    }
  }

  // ---- back -------------------------------------------------------------------------------------

  @Override
  public void taskStarted(String batch, int index, long task) {
    events.add(() -> onStarted(batch, index, task));
  }

  @Override
  public void progress(long task, long begun) {
    events.add(() -> onProgress(task, begun));
  }

  @Override
  public void executorLost(String batch, int index, String why) {
    events.add(() -> onExecutorLost(batch, index, why));
  }

  private @Nullable Group group(String batch, int index) {
    Batch found = batches.get(batch);
    return found == null || found.groups().get(index).done ? null : found.groups().get(index);
  }

  private void onStarted(String batch, int index, long task) {
    Group group = group(batch, index);
    if (group == null) {
      return;
    }
    boolean first = group.task == Group.NO_TASK;
    group.task = task;
    if (!first) {
      return;
    }
    if (group.units().stream().noneMatch(unit -> open.containsKey(unit.attempt()))) {
      link.kill(task); // all were cancelled while they waited
      return;
    }
    tellStarted(group, 1);
  }

  private void onProgress(long task, long begun) {
    for (Batch batch : batches.values()) {
      for (Group group : batch.groups()) {
        if (group.task == task && !group.done) {
          tellStarted(group, begun);
        }
      }
    }
  }

  private void tellStarted(Group group, long begun) {
    for (int i = 0; i < Math.min(begun, group.units().size()); i++) {
      Unit unit = open.get(group.units().get(i).attempt());
      if (unit != null && !unit.told) {
        unit.told = true;
        unit.listener.started(group.units().get(i).attempt());
      }
    }
  }

  private void onExecutorLost(String batch, int index, String why) {
    Group group = group(batch, index);
    if (group == null) {
      return;
    }
    group.lost = why;
    if (!link.speculates()) {
      lose(group, why);
    }
  }

  private void lose(Group group, String why) {
    if (group.units().size() > 1) {
      grouping.keepApart(group.chunk.step());
    }
    for (UnitWork work : group.units()) {
      Unit unit = open.get(work.attempt());
      if (unit != null) {
        answer(work.attempt(), unit.asked ? cancelled() : new Lost(why, 0, Bytes.EMPTY));
      }
    }
  }

  private void onResult(Batch batch, int index, byte[] bytes) {
    Group group = batch.groups().get(index);
    if (group.done) {
      return;
    }
    group.done = true;
    groupsOut--;
    List<Answer> answers;
    try {
      UnitTask.Reply reply = UnitTask.Reply.of(bytes);
      if (!reply.refused().isEmpty()) {
        breakDown(reply.refused());
        return;
      }
      if (!reply.lost().isEmpty()) {
        lose(group, reply.lost());
        return;
      }
      answers = Envelope.unpackAnswers(reply.answers());
    } catch (BadRecordException | EnvelopeException e) {
      lose(group, String.valueOf(e.getMessage()));
      return;
    }
    for (Answer answer : answers) {
      if (answer.result().durationNanos() > 0) {
        grouping.ran(group.chunk.step(), answer.result().durationNanos());
      }
      answer(answer.attempt(), answer.result());
    }
    if (answers.isEmpty()) {
      lose(group, group.lost == null ? "Spark ended the task that ran it" : group.lost);
    }
    List<UnitWork> left =
        group.units().stream().filter(unit -> open.containsKey(unit.attempt())).toList();
    if (!left.isEmpty()) {
      regroup(group, left, false);
    }
  }

  private void regroup(Group group, List<UnitWork> units, boolean again) {
    List<UnitWork> wanted = new ArrayList<>();
    for (UnitWork work : units) {
      if (unit(work).asked) {
        answer(work.attempt(), cancelled());
      } else {
        wanted.add(work);
      }
    }
    if (!wanted.isEmpty()) {
      Group made = new Group(group.chunk.of(wanted), group.claim, group.listener, again);
      wanted.forEach(work -> unit(work).group = made);
      enqueue(made);
    }
  }

  private void onEnd(Batch batch, @Nullable Throwable failure) {
    batches.remove(batch.id());
    for (Group group : batch.groups()) {
      if (group.done) {
        continue;
      }
      group.done = true;
      groupsOut--;
      List<UnitWork> left =
          group.units().stream().filter(unit -> open.containsKey(unit.attempt())).toList();
      if (left.isEmpty()) {
        continue;
      }
      String why =
          failure == null ? "Spark gave no result" : "Spark's job failed: " + failure.getMessage();
      // Of a task that has started nobody knows how far it came; whether that may happen again is
      // the scheduler's business.
      boolean untouched = group.task == Group.NO_TASK && !group.chunk.code().effect();
      if (untouched && !group.again && !link.isStopped()) {
        regroup(group, left, true);
      } else {
        lose(group, why);
      }
    }
  }

  private void answer(long attempt, AttemptResult result) {
    Unit unit = open.remove(attempt);
    if (unit == null) {
      SparkExecutor.discard(result, setting);
      return;
    }
    boolean ran = !(result instanceof Cancelled || result instanceof Lost);
    if (ran && !unit.told) {
      unit.listener.started(attempt);
    }
    unit.listener.finished(attempt, result);
  }

  private static Cancelled cancelled() {
    return new Cancelled(0, Bytes.EMPTY);
  }

  // ---- the end of units -------------------------------------------------------------------------

  private void onCancel(long[] attempts) {
    Set<Group> groups = new LinkedHashSet<>();
    for (long attempt : attempts) {
      Unit unit = open.get(attempt);
      if (unit == null) {
        continue;
      }
      unit.asked = true;
      groups.add(unit.group);
      if (unit.group.task == Group.NO_TASK) {
        answer(attempt, cancelled());
      } else {
        giveUpLater(attempt);
      }
    }
    waiting.removeIf(group -> isThrough(group, true));
    for (Batch batch : batches.values()) {
      if (batch.groups().stream().noneMatch(groups::contains)) {
        continue;
      }
      if (batch.groups().stream().allMatch(this::isThrough)) {
        link.cancel(batch);
      } else {
        batch.groups().stream()
            .filter(group -> groups.contains(group) && group.task != Group.NO_TASK)
            .filter(this::isThrough)
            .forEach(group -> link.kill(group.task));
      }
    }
  }

  private boolean isThrough(Group group, boolean whileWaiting) {
    boolean through = group.units().stream().noneMatch(unit -> open.containsKey(unit.attempt()));
    if (through && whileWaiting) {
      waitingUnits -= group.units().size();
    }
    return through;
  }

  /** Whether nobody waits for an answer of the group any more. */
  private boolean isThrough(Group group) {
    return group.done
        || group.units().stream()
            .map(unit -> open.get(unit.attempt()))
            .allMatch(unit -> unit == null || unit.asked);
  }

  /**
   * A unit that shares its task with others that nobody cancelled has its grace to end in, then the
   * task is ended all the same. What is not ended by then is answered.
   */
  private void giveUpLater(long attempt) {
    alarms.after(
        settings.grace(),
        () ->
            events.add(
                () -> {
                  Unit unit = open.get(attempt);
                  if (unit != null && unit.group.task != Group.NO_TASK) {
                    link.kill(unit.group.task);
                  }
                }));
    alarms.after(
        settings.grace().multipliedBy(2).plusSeconds(1), () -> events.add(() -> giveUp(attempt)));
  }

  private void giveUp(long attempt) {
    if (open.containsKey(attempt)) {
      LOG.warn("attempt {} was cancelled, and Spark does not tell its end", attempt);
      answer(attempt, cancelled());
    }
  }

  // ---- the end of Spark -------------------------------------------------------------------------

  private void checkSpark() {
    if (open.isEmpty() || broken != null || closing) {
      executorSeen = ticker.nanos();
      return;
    }
    if (link.isStopped()) {
      breakDown("Spark was stopped while units ran");
    } else if (link.hasExecutors()) {
      executorSeen = ticker.nanos();
    } else if (ticker.nanos() - executorSeen > settings.startTimeout().toNanos()) {
      breakDown(link.withoutExecutors(settings.startTimeout()));
    }
  }

  /** Nothing that is out comes back any more. */
  private void breakDown(String why) {
    broken = why;
    waiting.clear();
    waitingUnits = 0;
    for (Long attempt : List.copyOf(open.keySet())) {
      answer(attempt, new Lost(why, 0, Bytes.EMPTY));
    }
    batches.values().forEach(link::cancel);
  }
}
