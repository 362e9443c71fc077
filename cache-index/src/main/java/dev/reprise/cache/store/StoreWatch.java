package dev.reprise.cache.store;

import dev.reprise.cache.store.PartitionRef.Location;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a run hears of the stores behind the one that it writes to, and the copies of what it
 * publishes. Each store gets another chance when it begins, if no other goes on.
 */
public final class StoreWatch {
  private final ResultStore store;
  private final @Nullable FartherStores stores;
  private final Map<FartherStore, Copies> copies;
  private final Queue<String> news = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile Runnable onNews = () -> {};

  private StoreWatch(ResultStore store) {
    this.stores = store instanceof FartherStores farther ? farther : null;
    this.copies = stores == null ? Map.of() : stores.copies();
    this.store = copies.isEmpty() ? store : new Copied(store);
    if (stores != null) {
      stores.begin(this);
    }
  }

  /** Begins to watch; there is nothing to hear of a store that has none behind it. */
  public static StoreWatch of(ResultStore store) {
    return new StoreWatch(store);
  }

  /**
   * The store that is watched, to be published to: of that, and of nothing else, copies are made in
   * farther ones that keep them, and {@link #end} waits for these.
   */
  public ResultStore store() {
    return store;
  }

  /** Has something called, from any thread, when there is news. */
  public void onNews(Runnable call) {
    onNews = call;
  }

  /** The next news for people; null if there is none. */
  public @Nullable String poll() {
    return news.poll();
  }

  void tell(String text) {
    news.add(text);
    onNews.run();
  }

  /** What is not copied is not copied any more. */
  void close() {
    copies.values().forEach(Copies::close);
  }

  /** Ends without a wait: of a run that has published nothing. */
  public void leave() {
    if (stores != null && !ended.getAndSet(true)) {
      close();
      stores.leave(this);
    }
  }

  /**
   * Ends: waits for the copies of what was published to {@link #store}, and has told how many there
   * are not. What is not copied by then is given up. Does nothing the second time.
   *
   * @param patience how long to wait at most
   * @param goOn asked every now and then, in this thread
   */
  public void end(Duration patience, BooleanSupplier goOn) {
    if (stores != null && !ended.getAndSet(true)) {
      try {
        FartherStores.end(this, new LinkedHashMap<>(copies), patience, goOn);
      } finally {
        close();
        stores.leave(this); // now that nothing is told of its copies any more
      }
    }
  }

  private final class Copied extends ForwardingResultStore {
    Copied(ResultStore store) {
      super(store);
    }

    @Override
    public Location.Stored publish(Location.Pending pending) throws IOException {
      Location.Stored stored = super.publish(pending);
      copies.values().forEach(to -> to.add(stored));
      return stored;
    }
  }
}
