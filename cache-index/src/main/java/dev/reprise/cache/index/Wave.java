package dev.reprise.cache.index;

import dev.reprise.cache.index.LookupBatch.Answer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.rocksdb.RocksDBException;

/**
 * Answers a whole batch: sorts its keys, then asks the scope and, for what is no hit there, its
 * ancestors. A miss in all of them has the reason of the nearest that has one.
 */
final class Wave {
  private final Tables tables;
  private final List<Rows> scopes;
  private final Parallel readers;
  private final LookupBatch batch;

  Wave(Tables tables, List<Rows> scopes, Parallel readers, LookupBatch batch) {
    this.tables = tables;
    this.scopes = scopes;
    this.readers = readers;
    this.batch = batch;
  }

  /**
   * Answers every place.
   *
   * @param judges make one who judges in a scope
   */
  void answer(Function<Rows, Judge> judges) throws RocksDBException, CacheUnavailableException {
    int[] order = KeyOrder.of(batch.keys(), batch.size());
    answer(scopes.get(0), order, judges);
    for (Rows ancestor : scopes.subList(1, scopes.size())) {
      int[] misses =
          Arrays.stream(order).filter(place -> batch.answer(place) != Answer.HIT).toArray();
      Answer[] nearest = new Answer[misses.length];
      Arrays.setAll(nearest, i -> batch.answer(misses[i]));
      answer(ancestor, misses, judges);
      for (int i = 0; i < misses.length; i++) {
        if (batch.answer(misses[i]) != Answer.HIT && nearest[i] != Answer.NO_ENTRY) {
          batch.miss(misses[i], nearest[i]);
        }
      }
    }
  }

  private void answer(Rows scope, int[] order, Function<Rows, Judge> judges)
      throws RocksDBException, CacheUnavailableException {
    boolean dense =
        order.length >= Lookups.LEAST_TO_SCAN
            && tables.db().getLongProperty(tables.entries(), "rocksdb.estimate-num-keys")
                <= (long) Lookups.MOST_ROWS_PER_KEY * order.length;
    readers.run(
        order.length,
        (from, to) ->
            new Lookups(tables, batch, order, scope.scope(), judges.apply(scope))
                .answer(from, to, dense));
  }
}
