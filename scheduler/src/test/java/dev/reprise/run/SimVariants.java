package dev.reprise.run;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.claim.Claims;
import dev.reprise.cache.code.CodeFingerprint;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.fingerprint.MetClasses;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.IndexBatch.Change.PutNote;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Lost;
import dev.reprise.executor.AttemptResult.Success;
import dev.reprise.executor.AttemptResult.UserError;
import dev.reprise.executor.ErrorInfo;
import dev.reprise.executor.TaskExecutor.AttemptListener;
import dev.reprise.plan.BrokenMemos;
import dev.reprise.plan.Remembering;
import dev.reprise.plan.TaskResolver;
import dev.reprise.plan.ValueEncoder;
import dev.reprise.run.Commits.Finished;
import dev.reprise.run.Commits.Settled;
import dev.reprise.run.SimCode.UserTrouble;
import dev.reprise.run.SimIndexVariants.AnswersOutOfPlace;
import dev.reprise.run.SimIndexVariants.BatchCutShort;
import dev.reprise.run.SimIndexVariants.FailureUnseenUnderClaim;
import dev.reprise.run.SimIndexVariants.FoundOnce;
import dev.reprise.run.SimIndexVariants.GenerationStays;
import dev.reprise.run.SimIndexVariants.PartitionsShifted;
import dev.reprise.run.SimIndexVariants.WritesDropped;
import dev.reprise.run.SimStoreVariants.CheckSkipped;
import dev.reprise.run.SimStoreVariants.PublishedLate;
import dev.reprise.run.SimStoreVariants.SyncSkipped;
import dev.reprise.task.Memo;
import dev.reprise.task.TaskSpec;
import dev.reprise.testing.ForwardingClaims;
import java.io.IOException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Ways to be wrong, each at a seam that the real thing has: what stands there breaks a promise of
 * its interface. By name, what is broken.
 */
final class SimVariants {
  private SimVariants() {}

  /** All of them. */
  static Map<String, SimSeams> all() {
    Map<String, SimSeams> all = new TreeMap<>();
    all.put("blobs are named before they are durable", store(SyncSkipped::new));
    all.put("blobs are published after they are named", store(PublishedLate::new));
    all.put(
        "bytes are handed out unchecked",
        new SimSeams() {
          @Override
          ResultStore store(ResultStore sound) {
            return new CheckSkipped(world.disk);
          }
        });
    all.put("partitions are shifted by one", index(PartitionsShifted::new));
    all.put("answers of a wave are out of place", index(AnswersOutOfPlace::new));
    all.put("an entry is found that is gone", index(FoundOnce::new));
    all.put("memos of steps outlive their entries", index(GenerationStays::new));
    all.put("a whole is digested before all of it is known", memos(BrokenMemos::wholeOfParts));
    all.put("the first records of a longer list are its whole", memos(BrokenMemos::wholeOfMore));
    all.put("records of different plans are one", memos(BrokenMemos::wholeOfAnother));
    all.put("a write is said to be done and is not", index(WritesDropped::new));
    all.put("a batch is written in part", index(BatchCutShort::new));
    all.put("a lost claim is ignored", new ClaimIgnored());
    all.put("expiry is ignored", new ExpiryIgnored());
    all.put("the digest of a file is remembered for too long", new DigestRemembered());
    all.put("code is left out of keys", new CodeLeftOut());
    all.put("arguments are left out of keys", new ArgumentsLeftOut());
    all.put("results are known by their key", new ContentByKey());
    all.put("a failed unit is kept", new FailureKept());
    all.put("any failure is kept", new AnyFailureKept());
    all.put(
        "a failure is not found by who has its claim",
        new SimSeams() {
          @Override
          CacheIndex index(CacheIndex sound) {
            return new FailureUnseenUnderClaim(sound, world);
          }
        });
    all.put("equal calls are executions of their own", new EqualCallsApart());
    all.put("answers are mixed up", new AnswersMixedUp());
    all.put("an end is told twice", new SettledTwice());
    all.put("an end is not told", new SettledNever());
    all.put("damaged blobs stay in the way", new NothingSetAside());
    all.put("the journal leaves units out", new JournalCutShort());
    all.put("a blob goes before its entry", new SimGcVariants.BlobsFirst());
    all.put("blobs go that entries name", new SimGcVariants.NamedBlobsToo());
    all.put("blobs go before it is durable that entries are gone", new SimGcVariants.NotDurable());
    all.put("pins are ignored", new SimGcVariants.PinsIgnored());
    all.put("what a run has used is evicted at its end", new SimGcVariants.NothingSpared());
    return all;
  }

  private static SimSeams store(Function<ResultStore, ResultStore> broken) {
    return new SimSeams() {
      @Override
      ResultStore store(ResultStore sound) {
        return broken.apply(sound);
      }
    };
  }

  private static SimSeams index(UnaryOperator<CacheIndex> broken) {
    return new SimSeams() {
      @Override
      CacheIndex index(CacheIndex sound) {
        return broken.apply(sound);
      }
    };
  }

  private static SimSeams memos(UnaryOperator<Remembering> broken) {
    return new SimSeams() {
      @Override
      Remembering remembering(Remembering sound) {
        return broken.apply(sound);
      }
    };
  }

  private static final class ClaimIgnored extends SimSeams {
    @Override
    Claims claims(Claims sound) {
      return new ForwardingClaims(sound) {
        @Override
        public boolean isCurrent(Claim claim) {
          return true;
        }
      };
    }
  }

  private static final class ExpiryIgnored extends SimSeams {
    @Override
    InstantSource indexClock(InstantSource sound) {
      return InstantSource.fixed(sound.instant());
    }
  }

  private static final class DigestRemembered extends SimSeams {
    private final Map<String, Fingerprint> digests = new HashMap<>();

    @Override
    Fingerprint digest(String file, String content) {
      return digests.computeIfAbsent(file, any -> super.digest(file, content));
    }
  }

  private static final class CodeLeftOut extends SimSeams {
    @Override
    TaskResolver resolver(TaskResolver sound) {
      return new TaskResolver() {
        @Override
        public Resolved resolve(String step, TaskSpec spec, Manifest.Shape shape) {
          return sound.resolve(step, spec, shape);
        }

        @Override
        public CodeFingerprint identify(Resolved resolved, TaskSpec spec, MetClasses met) {
          return CodeFingerprint.of(CodeFingerprint.Mode.CLOSURE, new TreeMap<>(), List.of());
        }
      };
    }
  }

  private static final class ArgumentsLeftOut extends SimSeams {
    @Override
    ValueEncoder values(ValueEncoder sound) {
      return new ValueEncoder() {
        @Override
        public Fingerprint digest(@Nullable Object value, MetClasses met) {
          return Hasher.of("any").finish();
        }

        @Override
        public String preview(@Nullable Object value) {
          return sound.preview(value);
        }
      };
    }
  }

  private static final class EqualCallsApart extends SimSeams {
    @Override
    @Nullable Memo memo(@Nullable Memo sound) {
      return Memo.OFF;
    }
  }

  /** What comes after is keyed by what came before, not by what that made. */
  private static final class ContentByKey extends SimSeams {
    @Override
    LabCommits.Keeper keeper(LabCommits.Keeper sound) {
      return new ForwardingKeeper(sound) {
        @Override
        public List<Settled> keep(List<Finished> batch) {
          return super.keep(batch.stream().map(ContentByKey::byKey).toList());
        }
      };
    }

    private static Finished byKey(Finished finished) {
      Manifest made = finished.manifest();
      if (finished.key() == null) {
        return finished;
      }
      return new Finished(
          finished.unit(),
          finished.key(),
          new Manifest(made.shape(), made.partitions(), finished.key().digest()),
          finished.origin(),
          finished.timeToLive(),
          finished.claim(),
          finished.mode(),
          finished.historyId(),
          finished.isNew(),
          finished.variant(),
          finished.parts());
    }
  }

  private static final class NothingSetAside extends SimSeams {
    @Override
    LabCommits.Keeper keeper(LabCommits.Keeper sound) {
      return new ForwardingKeeper(sound) {
        @Override
        public void setAside(BlobRef blob) {}
      };
    }
  }

  private abstract static class ForwardingKeeper implements LabCommits.Keeper {
    private final LabCommits.Keeper keeper;

    ForwardingKeeper(LabCommits.Keeper keeper) {
      this.keeper = keeper;
    }

    @Override
    public List<Settled> keep(List<Finished> batch) {
      return keeper.keep(batch);
    }

    @Override
    public void setAside(BlobRef blob) throws IOException {
      keeper.setAside(blob);
    }

    @Override
    public void discard(Location.Pending pending) {
      keeper.discard(pending);
    }

    @Override
    public void remember(PutNote note) {
      keeper.remember(note);
    }
  }

  /** An error of the user's code is taken for a result. */
  private static final class FailureKept extends SimSeams {
    @Override
    AttemptListener answers(AttemptListener sound) {
      return new Answers(sound) {
        @Override
        public void finished(long attempt, AttemptResult result) {
          super.finished(attempt, result instanceof UserError ? nothing() : result);
        }
      };
    }

    private static AttemptResult nothing() {
      PartitionRef partition =
          new PartitionRef(
              SimResolver.content(null),
              "kryo/1",
              0,
              PartitionRef.NOT_A_TABLE,
              Bytes.EMPTY,
              new Location.Inline(Bytes.EMPTY));
      return new Success(Manifest.one(partition), 1, Bytes.EMPTY, null, "here");
    }
  }

  /** All errors are of the class that tasks keep. */
  private static final class AnyFailureKept extends SimSeams {
    @Override
    AttemptListener answers(AttemptListener sound) {
      return new Answers(sound) {
        @Override
        public void finished(long attempt, AttemptResult result) {
          super.finished(attempt, result instanceof UserError error ? asKept(error) : result);
        }
      };
    }

    private static AttemptResult asKept(UserError error) {
      ErrorInfo kept = ErrorInfo.of(new UserTrouble(error.error().message()));
      return new UserError(kept, error.durationNanos(), error.output());
    }
  }

  /** A lost attempt is answered with the last good answer to another one. */
  private static final class AnswersMixedUp extends SimSeams {
    private @Nullable AttemptResult last;

    @Override
    AttemptListener answers(AttemptListener sound) {
      return new Answers(sound) {
        @Override
        public void finished(long attempt, AttemptResult result) {
          AttemptResult other = last;
          super.finished(attempt, result instanceof Lost && other != null ? other : result);
          last = result instanceof Success ? result : last;
        }
      };
    }
  }

  private abstract static class Answers implements AttemptListener {
    private final AttemptListener listener;

    Answers(AttemptListener listener) {
      this.listener = listener;
    }

    @Override
    public void started(long attempt) {
      listener.started(attempt);
    }

    @Override
    public void finished(long attempt, AttemptResult result) {
      listener.finished(attempt, result);
    }
  }

  private static final class SettledTwice extends SimSeams {
    @Override
    Consumer<List<Settled>> settled(Consumer<List<Settled>> sound) {
      return all -> {
        sound.accept(all);
        sound.accept(all);
      };
    }
  }

  private static final class SettledNever extends SimSeams {
    private int batches;

    @Override
    Consumer<List<Settled>> settled(Consumer<List<Settled>> sound) {
      return all -> {
        if (++batches % 20 > 0) {
          sound.accept(all);
        }
      };
    }
  }

  private static final class JournalCutShort extends SimSeams {
    private int reports;

    @Override
    RunListener journal(RunListener sound) {
      return new RunListener() {
        @Override
        public void started(RunHeader header, RunView view) {
          sound.started(header, view);
        }

        @Override
        public void planned(RunView view, PlanSummary summary) {
          sound.planned(view, summary);
        }

        @Override
        public void unitFinished(RunView view, UnitReport report) {
          if (++reports % 10 > 0) {
            sound.unitFinished(view, report);
          }
        }

        @Override
        public void stepFinished(RunView view, StepReport report) {
          sound.stepFinished(view, report);
        }

        @Override
        public void finished(RunView view, RunSummary summary) {
          sound.finished(view, summary);
        }
      };
    }
  }
}
