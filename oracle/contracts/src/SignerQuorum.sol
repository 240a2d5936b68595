// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title Members of one signer set, kept as the code of a contract
/// @notice One read costs the same for any number of members. The code starts with a zero byte
/// (STOP), so a call to it does nothing.
contract SignerRoll {
    /// @param members strictly ascending addresses
    constructor(address[] memory members) {
        bytes memory code = abi.encode(members);
        assembly ("memory-safe") {
            return(add(code, 32), mload(code))
        }
    }
}

/// @title Registry of oracle signer sets with their quorum
/// @notice A set is written once and never edited: an attestation names its set, so a later change of
/// members cannot alter what an earlier signature meant. A new set does not end the old one; the
/// owner retires a set by name when nothing signed by it is on its way any more.
/// @dev n members bear f = floor((n - 1) / 3) faulty ones; q = floor((n + f) / 2) + 1 signatures are a
/// quorum. Two quorums of one set share at least one honest member, so two conflicting digests of one
/// round cannot both reach q. n = 1 is a development set and calls itself centralized.
contract SignerQuorum is Ownable2Step {
    using SafeCast for uint256;

    /// @notice What the chain keeps of a signer set; all fields share one slot.
    /// @param n members
    /// @param f faulty members the set bears
    /// @param q signatures that make a quorum
    /// @param active whether attestations of this set are still accepted
    /// @param roll SignerRoll with the members
    struct SignerSet {
        uint8 n;
        uint8 f;
        uint8 q;
        bool active;
        address roll;
    }

    /// @notice Most members of one set; bounds the cost of every check.
    uint256 public constant MAX_MEMBERS = 64;

    /// @dev r, s and v of one secp256k1 signature.
    uint256 private constant SIGNATURE_BYTES = 65;

    /// @notice Number of the newest set; sets count from 1.
    uint32 public latestSet;

    mapping(uint32 setId => SignerSet) private _sets;

    /// @notice A set was added and is valid from now on.
    event SignerSetAdded(uint32 indexed setId, uint8 n, uint8 f, uint8 q, address[] members);

    /// @notice A set is no longer accepted.
    event SignerSetRetired(uint32 indexed setId);

    /// @notice A set needs 1 to MAX_MEMBERS members.
    error MemberCountInvalid(uint256 count);

    /// @notice Members must ascend strictly, which also excludes duplicates and the zero address.
    error MembersNotAscending(uint256 index, address member);

    /// @notice The set was never added or has been retired.
    error SignerSetInactive(uint32 setId);

    /// @notice The signatures must be exactly q times 65 bytes.
    error SignatureCountInvalid(uint256 expectedBytes, uint256 givenBytes);

    /// @notice A signature does not recover: wrong length of s (high half), wrong v, or no such point.
    error SignatureInvalid(uint256 index);

    /// @notice A signature recovers to somebody who is not a member, or was made for another digest.
    error SignerNotMember(uint256 index, address signer);

    /// @notice Signatures must be sorted by signer, strictly ascending; a duplicate never counts twice.
    error SignersNotAscending(uint256 index, address signer);

    /// @param admin owner that may add and retire sets
    /// @param members first set, strictly ascending
    constructor(address admin, address[] memory members) Ownable(admin) {
        _add(members);
    }

    /// @notice Add a set; earlier sets stay valid until they are retired.
    /// @param members strictly ascending addresses
    /// @return setId number of the new set
    function addSignerSet(address[] calldata members) external onlyOwner returns (uint32 setId) {
        return _add(members);
    }

    /// @notice Stop accepting attestations of a set.
    /// @param setId number of an active set
    function retireSignerSet(uint32 setId) external onlyOwner {
        if (!_sets[setId].active) revert SignerSetInactive(setId);
        _sets[setId].active = false;
        emit SignerSetRetired(setId);
    }

    /// @notice Read a set, active or retired; all zero when it never existed.
    /// @param setId number of the set
    /// @return n members
    /// @return f faulty members the set bears
    /// @return q signatures that make a quorum
    /// @return active whether it is still accepted
    /// @return members addresses, ascending
    function signerSet(uint32 setId)
        external
        view
        returns (uint8 n, uint8 f, uint8 q, bool active, address[] memory members)
    {
        SignerSet memory set = _sets[setId];
        if (set.roll != address(0)) members = _membersOf(set);
        return (set.n, set.f, set.q, set.active, members);
    }

    /// @notice Revert unless exactly q distinct members of an active set signed the digest.
    /// @param setId number of the set
    /// @param digest EIP-712 digest that was signed
    /// @param signatures q times r, s, v (65 bytes), sorted by signer address, strictly ascending
    function requireQuorum(uint32 setId, bytes32 digest, bytes calldata signatures) external view {
        SignerSet memory set = _sets[setId];
        if (!set.active) revert SignerSetInactive(setId);
        uint256 expectedBytes = uint256(set.q) * SIGNATURE_BYTES;
        if (signatures.length != expectedBytes) {
            revert SignatureCountInvalid(expectedBytes, signatures.length);
        }
        address[] memory members = _membersOf(set);
        address previous = address(0);
        uint256 place = 0;
        for (uint256 i = 0; i < set.q; ++i) {
            bytes calldata signature = signatures[i * SIGNATURE_BYTES:(i + 1) * SIGNATURE_BYTES];
            (address signer, ECDSA.RecoverError fault,) = ECDSA.tryRecoverCalldata(digest, signature);
            if (fault != ECDSA.RecoverError.NoError) revert SignatureInvalid(i);
            if (signer <= previous) revert SignersNotAscending(i, signer);
            previous = signer;
            // Both lists ascend, so the search goes on where the last signer was found.
            while (place < members.length && members[place] < signer) ++place;
            if (place == members.length || members[place] != signer) revert SignerNotMember(i, signer);
        }
    }

    /// @dev Members of a set that exists.
    function _membersOf(SignerSet memory set) private view returns (address[] memory) {
        return abi.decode(set.roll.code, (address[]));
    }

    /// @dev Writes members and the derived f and q under the next number.
    function _add(address[] memory members) private returns (uint32 setId) {
        uint256 n = members.length;
        if (n == 0 || n > MAX_MEMBERS) revert MemberCountInvalid(n);
        address previous = address(0);
        for (uint256 i = 0; i < n; ++i) {
            address member = members[i];
            if (member <= previous) revert MembersNotAscending(i, member);
            previous = member;
        }
        uint8 f = ((n - 1) / 3).toUint8();
        uint8 q = ((n + f) / 2 + 1).toUint8();
        setId = ++latestSet;
        _sets[setId] = SignerSet(n.toUint8(), f, q, true, address(new SignerRoll(members)));
        emit SignerSetAdded(setId, n.toUint8(), f, q, members);
    }
}
