package dev.reprise.cache.store;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a run hears of the stores behind the one that it writes to. Each store gets another chance
 * when it begins.
 */
public final class StoreWatch {
  private final @Nullable FartherStores stores;
  private final long @Nullable [] lostBefore;
  private final Queue<String> news = new ConcurrentLinkedQueue<>();
  private volatile Runnable onNews = () -> {};

  private StoreWatch(@Nullable FartherStores stores) {
    this.stores = stores;
    this.lostBefore = stores == null ? null : stores.begin(this);
  }

  /** Begins to watch; there is nothing to hear of a store that has none behind it. */
  public static StoreWatch of(ResultStore store) {
    return new StoreWatch(store instanceof FartherStores farther ? farther : null);
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

  /** Ends without a wait: of a run that has published nothing. */
  public void leave() {
    if (stores != null) {
      stores.leave(this);
    }
  }

  /**
   * Ends: waits for the copies of what was published, and has told how many there are not.
   *
   * @param patience how long to wait at most
   * @param goOn asked every now and then, in this thread
   */
  public void end(Duration patience, BooleanSupplier goOn) {
    if (stores != null && lostBefore != null) {
      stores.end(this, lostBefore, patience, goOn);
    }
  }
}
