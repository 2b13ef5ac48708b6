import gossip, { type ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js';
import features, { type SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type { Empty } from '@eventstore/db-client/generated/shared_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { handleUnaryCall } from '@grpc/grpc-js';

const LEADER = 8;

/** One node, always its leader: what a client with several addresses asks first. */
export const readGossip =
  (port: () => number): handleUnaryCall<Empty, ClusterInfo> =>
  (_call, answer) =>
    answer(
      null,
      new gossip.ClusterInfo().setMembersList([
        new gossip.MemberInfo()
          .setInstanceId(new shared.UUID().setString('00000000-0000-4000-8000-000000000002'))
          .setTimeStamp('0')
          .setState(LEADER)
          .setIsAlive(true)
          .setHttpEndPoint(new gossip.EndPoint().setAddress('127.0.0.1').setPort(port())),
      ]),
    );

/** Asked before the first append: whether appends may share one call. */
export const getSupportedMethods =
  (batchAppend: boolean): handleUnaryCall<Empty, SupportedMethods> =>
  (_call, answer) =>
    answer(
      null,
      new features.SupportedMethods()
        .setEventStoreServerVersion('23.10.8')
        .setMethodsList([
          method('read', ['position', 'events']),
          method('append', []),
          ...(batchAppend ? [method('batchappend', ['deadline_duration'])] : []),
        ]),
    );

const method = (name: string, supported: string[]) =>
  new features.SupportedMethod()
    .setServiceName('event_store.client.streams.streams')
    .setMethodName(name)
    .setFeaturesList(supported);
