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
 * <p>What is unknown is a minus sign. Times are of the machine's monotonic clock, which its processes share. A line without
 * its end was not written.
 */
package dev.gapless.multijvm.checker;
