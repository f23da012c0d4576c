/**
 * Judges a run by the files that its processes wrote, and by nothing else: no class of Gapless, and none of the nodes'.
 *
 * <pre>
 *   members-…       members NODE ADDRESS LIFE UID NS     up UID NS     removed UID NS
 *   publisher-…     publisher TOPIC NODE ADDRESS LIFE NS
 *                   p THREAD INDEX HASH NS               is about to publish
 *                   a THREAD INDEX EPOCH SEQUENCE        it was accepted, and stands there
 *                   f THREAD INDEX FAILURE               it was refused; PublishUnknown: nobody knows
 *   subscription-…  subscription ID TOPIC NODE LIFE SOURCE TOKEN NS    begins; with a token where SOURCE had written it
 *                   y SILENT NS                          is ready
 *                   d NODE EPOCH SEQUENCE LIFE THREAD INDEX HASH       is given a message
 *                   x GAPS NS                            is told of so many gaps, which follow, and reloads
 *                   g NODE REASON EPOCH FIRST MISSED RESUMES-EPOCH RESUMES-AT
 *                   r, z                                 has reloaded; the reload failed
 *                   l NODE EPOCH SEQUENCE                is told that a producer left
 *                   t TOKEN TEXT NS                      has a token that stands for this place of the journal
 *                   u NODE EPOCH SEQUENCE, e REASON NS   something undecodable; the end
 *   faults          fault KIND NS NS                     took place, from when to when
 *                   over NODE NS                         the node's process has ended
 * </pre>
 *
 * <p>Of tables there are these. A version counts the writes of all rows; a row is {@code VERSION@READ}, and the read empty if it came by message.
 *
 * <pre>
 *   rows            w VERSION KEY DELETED PROCESS NS     a row was written, or deleted
 *                   r READ VERSION NS                    a read has all up to there
 *   reads-…         b READ NS                            is called
 *                   e READ NS, f READ NS                 has given all rows; has failed
 *   writer-…        a KEY VERSION NS                     is about to publish
 *                   p KEY VERSION EPOCH SEQUENCE NS      it was accepted, and stands there
 *                   q KEY VERSION FAILURE NS             it was refused
 *   observer-…      observer ID PROCESS NS               begins; a client is of no process
 *                   s NS NS STATUS EPOCH:SEQUENCE,… KEY=ROW KEY=- …    is shown a state, with this token, which differs so
 *                   g REASON                             is told that something is missing
 *                   m PROCESS EPOCH:SEQUENCE,…           comes to another gateway, with this token
 *                   w KEY VERSION ROW                    has waited until its write was reached, and reads it
 *                   ! WHAT, end WHY NS                   contradicts itself; the end
 * </pre>
 *
 * <p>What is unknown is a minus sign. Times are of the machine's monotonic clock, which its processes share. A line without
 * its end was not written.
 */
package dev.gapless.multijvm.checker;
