package dev.reprise.spark;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.base.HostName;
import dev.reprise.cache.store.FileResultStore;
import dev.reprise.cache.store.StorePlace;
import dev.reprise.spark.code.Inventory;
import java.io.IOException;
import java.io.Serializable;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction1;

/**
 * What an executor is asked before it gets work: whether it reaches the store, and which jars it
 * has.
 */
final class Prelude extends AbstractFunction1<Iterator<byte[]>, byte[]> implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int VERSION = 2;

  static byte[] question(StorePlace store) {
    return store.write(new ByteWriter()).toByteArray();
  }

  /**
   * What was found.
   *
   * @param host name of the executor's machine
   * @param java its version of Java
   * @param trouble why the store cannot be used; empty if it can be
   * @param inventory its own jars
   */
  record Found(String host, int java, String trouble, Inventory inventory) {
    static Found of(ByteReader from) throws BadRecordException {
      int version = from.getByte();
      if (version != VERSION) {
        throw new BadRecordException("version " + version);
      }
      return new Found(from.getString(), from.getInt(), from.getString(), Inventory.read(from));
    }

    byte[] toBytes() {
      ByteWriter to = new ByteWriter().putByte(VERSION).putString(host).putInt(java);
      inventory.write(to.putString(trouble));
      return to.toByteArray();
    }
  }

  @Override
  public byte[] apply(Iterator<byte[]> question) {
    String trouble = "";
    try {
      StorePlace store = StorePlace.read(new ByteReader(question.next()));
      store.open(FileResultStore.Settings.STANDARD);
    } catch (IOException e) {
      trouble = String.valueOf(e.getMessage());
    } catch (BadRecordException e) {
      trouble = "the question cannot be read: " + e.getMessage();
    }
    return new Found(HostName.find(), Runtime.version().feature(), trouble, Inventory.here())
        .toBytes();
  }
}
