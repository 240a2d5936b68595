// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SignerQuorum} from "./SignerQuorum.sol";

/// @notice Promise of one demand-response event, signed by a quorum before delivery starts.
/// @param eventId keccak256 of "gridwitness/event" and the 16 bytes of the event's UUID
/// @param revision attempt of the signers at this event
/// @param signerSet set of SignerQuorum that signed
/// @param epoch round epoch, bound so that signatures of two epochs never mix
/// @param deliveryStart start of delivery, unix seconds
/// @param commitmentRoot Merkle root over the salted orders
/// @param maxLiability most this event may add to what is owed, in token base units
/// @param dataHash keccak256 of the canonical bytes behind it
struct Commitment {
    bytes32 eventId;
    uint16 revision;
    uint32 signerSet;
    uint64 epoch;
    uint64 deliveryStart;
    bytes32 commitmentRoot;
    uint96 maxLiability;
    bytes32 dataHash;
}

/// @notice One settlement run, signed by a quorum that recomputed it.
/// @param sequence position in the one chain of runs, from 1
/// @param eventId event this run settles
/// @param revision attempt of the signers, rising per event
/// @param runType 1 preliminary, 2 initial, 3 final, 4 late
/// @param signerSet set of SignerQuorum that signed
/// @param epoch round epoch
/// @param commitmentRoot root of the promise this run is measured against
/// @param evidenceRoot Merkle root over the salted settlement lines
/// @param entitlementRoot Merkle root over every payee's lifetime entitlement
/// @param total sum of the lifetime entitlements in that tree, in token base units
/// @param previousRoot entitlement root this run replaces
/// @param asOf state of the readings, unix seconds
/// @param dataHash keccak256 of the canonical bytes behind it
struct Settlement {
    uint64 sequence;
    bytes32 eventId;
    uint16 revision;
    uint8 runType;
    uint32 signerSet;
    uint64 epoch;
    bytes32 commitmentRoot;
    bytes32 evidenceRoot;
    bytes32 entitlementRoot;
    uint96 total;
    bytes32 previousRoot;
    uint64 asOf;
    bytes32 dataHash;
}

/// @title Cumulative entitlement ledger with escrow
/// @notice The operator funds the escrow; a quorum commits an event, which locks its maximum liability;
/// a quorum settles it, which replaces the root over all lifetime entitlements; anyone lets a payee
/// claim lifetime minus already paid. A correction is simply the next root: amounts rise or fall,
/// nothing is clawed back.
/// @dev Amounts are base units of the token. At any time
/// paidTotal <= entitledTotal and entitledTotal + openLiabilities <= funded <= balance + paidTotal.
/// No proxy: nobody can replace this code under a funded escrow.
contract SettlementLedger is EIP712, Ownable2Step, ReentrancyGuardTransient {
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @dev What is kept per event; two slots from the commitment, the third from the settlement.
    struct EventRecord {
        bytes32 commitmentRoot;
        uint96 maxLiability;
        uint16 commitmentRevision;
        uint16 settlementRevision;
        uint8 runType; // 0 until settled
        bytes15 commitmentTag; // first 15 bytes of the commitment's digest: binds its other fields
        bytes32 settlementDigest;
    }

    /// @notice EIP-712 type of a commitment.
    bytes32 public constant COMMITMENT_TYPEHASH = keccak256(
        "Commitment(bytes32 eventId,uint16 revision,uint32 signerSet,uint64 epoch,uint64 deliveryStart,"
        "bytes32 commitmentRoot,uint96 maxLiability,bytes32 dataHash)"
    );

    /// @notice EIP-712 type of a settlement.
    bytes32 public constant SETTLEMENT_TYPEHASH = keccak256(
        "Settlement(uint64 sequence,bytes32 eventId,uint16 revision,uint8 runType,uint32 signerSet,"
        "uint64 epoch,bytes32 commitmentRoot,bytes32 evidenceRoot,bytes32 entitlementRoot,uint96 total,"
        "bytes32 previousRoot,uint64 asOf,bytes32 dataHash)"
    );

    /// @dev Preliminary, the first run type.
    uint8 private constant FIRST_RUN_TYPE = 1;
    /// @dev Commitments, settlements and claims are open.
    uint8 private constant RUNNING = 1;
    /// @dev Commitments, settlements and claims are stopped.
    uint8 private constant PAUSED = 2;
    /// @dev Late, the last run type.
    uint8 private constant LAST_RUN_TYPE = 4;

    /// @notice Token that is escrowed and paid.
    IERC20 public immutable token;

    /// @notice Registry that knows the signers.
    SignerQuorum public immutable quorum;

    /// @notice Root over (payee, lifetime, salt); zero until the first run.
    bytes32 public entitlementRoot;

    // One slot, read by everything and written by all but claim. 80 bits hold 1.2e18 whole tokens of six
    // decimals; whoever funds more is refused, and nothing larger than what is funded is ever stored.
    uint80 private _funded;
    uint80 private _openLiabilities;
    uint80 private _entitledTotal;
    uint8 private _state = RUNNING;

    // One slot, written by settle and claim. The mark keeps it in use from the start, so that the first
    // run pays no more for it than a later one.
    uint96 private _paidTotal;
    uint64 private _sequence;
    uint8 private _mark = 1;

    /// @notice May pause, nothing else.
    address public guardian;

    /// @notice Lifetime amount paid to a payee.
    mapping(address payee => uint96) public paid;

    mapping(bytes32 eventId => EventRecord) private _events;

    /// @notice The escrow grew by what really arrived.
    event Funded(address indexed from, uint96 amount, uint96 funded);

    /// @notice Unlocked surplus left the escrow.
    event Withdrawn(address indexed to, uint96 amount, uint96 funded);

    /// @notice An event was promised and its maximum liability is locked.
    event Committed(
        bytes32 indexed eventId,
        uint16 revision,
        uint32 signerSet,
        uint64 epoch,
        uint64 deliveryStart,
        bytes32 commitmentRoot,
        uint96 maxLiability,
        bytes32 dataHash
    );

    /// @notice A run replaced the entitlement root.
    event Settled(
        bytes32 indexed eventId,
        uint64 indexed sequence,
        uint16 revision,
        uint8 runType,
        bytes32 evidenceRoot,
        bytes32 entitlementRoot,
        uint96 total,
        uint64 asOf,
        bytes32 dataHash
    );

    /// @notice A payee received the difference to its lifetime entitlement.
    event Claimed(address indexed payee, uint96 amount, uint96 lifetime);

    /// @notice Commitments, settlements and claims stopped.
    event Paused(address indexed by);

    /// @notice Commitments, settlements and claims go on.
    event Unpaused(address indexed by);

    /// @notice Somebody else may pause from now on.
    event GuardianChanged(address indexed guardian);

    /// @notice The ledger is paused.
    error LedgerPaused();

    /// @notice Only the guardian or the owner may pause.
    error NotGuardian(address caller);

    /// @notice A root that must name something is zero.
    error RootMissing();

    /// @notice The unlocked escrow does not cover the amount.
    error EscrowTooSmall(uint256 needed, uint256 available);

    /// @notice The event has a commitment with other content.
    error CommitmentConflict(bytes32 eventId);

    /// @notice No commitment with this root stands for the event.
    error CommitmentUnknown(bytes32 eventId, bytes32 commitmentRoot);

    /// @notice Runs are numbered without a gap.
    error SequenceMismatch(uint64 expected, uint64 given);

    /// @notice The run does not build on the current entitlement root.
    error PreviousRootMismatch(bytes32 expected, bytes32 given);

    /// @notice The run type is not 1 to 4, or lies before the one already posted for the event.
    error RunTypeInvalid(uint8 current, uint8 given);

    /// @notice A further run of an event needs a higher revision; the same revision has other content.
    error RevisionConflict(uint16 current, uint16 given);

    /// @notice The first run of an event adds more than its commitment allows.
    error LiabilityExceeded(uint256 added, uint256 maxLiability);

    /// @notice The total lies below what has been paid.
    error TotalBelowPaid(uint256 total, uint256 paidTotal);

    /// @notice The leaf is not in the current entitlement tree.
    error ProofInvalid(address payee);

    /// @notice The payee already has its lifetime entitlement, or more.
    error NothingToClaim(address payee, uint96 lifetime, uint96 alreadyPaid);

    /// @notice Claims together would exceed the total of the run.
    error TotalExceeded(uint256 paidTotal, uint256 entitledTotal);

    /// @notice The transfer into the escrow moved nothing.
    error NothingArrived();

    /// @param token_ ERC-20 that is escrowed and paid
    /// @param quorum_ registry of signer sets
    /// @param owner_ may withdraw unlocked surplus, unpause and name the guardian
    /// @param guardian_ may pause
    constructor(IERC20 token_, SignerQuorum quorum_, address owner_, address guardian_)
        EIP712("Gridwitness", "1")
        Ownable(owner_)
    {
        token = token_;
        quorum = quorum_;
        guardian = guardian_;
        emit GuardianChanged(guardian_);
    }

    /// @dev Commitments, settlements and claims stop while paused.
    modifier whenNotPaused() {
        _requireNotPaused();
        _;
    }

    /// @notice Move tokens of the caller into the escrow; what really arrives is counted.
    /// @param amount base units, allowed to this contract beforehand
    function fund(uint96 amount) external nonReentrant {
        uint256 before = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), amount);
        uint80 arrived = (token.balanceOf(address(this)) - before).toUint80();
        if (arrived == 0) revert NothingArrived();
        _funded += arrived;
        emit Funded(msg.sender, arrived, _funded);
    }

    /// @notice Take unlocked surplus out of the escrow: never what is owed or may become owed.
    /// @param to receiver
    /// @param amount base units
    function withdraw(address to, uint96 amount) external onlyOwner nonReentrant {
        uint256 available = uint256(_funded) - _entitledTotal - _openLiabilities;
        if (amount > available) revert EscrowTooSmall(amount, available);
        _funded -= uint256(amount).toUint80();
        emit Withdrawn(to, amount, _funded);
        token.safeTransfer(to, amount);
    }

    /// @notice Record a quorum's promise and lock its maximum liability.
    /// @dev Anyone may send it: the signatures speak. The same commitment again changes nothing and
    /// succeeds. A block after deliveryStart is accepted, because the certificate is the promise.
    /// @param c commitment
    /// @param signatures q times 65 bytes, ascending by signer
    function commit(Commitment calldata c, bytes calldata signatures) external whenNotPaused {
        bytes32 digest = hashCommitment(c);
        EventRecord storage record = _events[c.eventId];
        if (record.commitmentRoot != bytes32(0)) {
            if (record.commitmentRoot == c.commitmentRoot && record.commitmentTag == _tag(digest)) return;
            revert CommitmentConflict(c.eventId);
        }
        if (c.commitmentRoot == bytes32(0)) revert RootMissing();
        quorum.requireQuorum(c.signerSet, digest, signatures);
        uint256 open = _openLiabilities;
        uint256 available = uint256(_funded) - _entitledTotal - open;
        if (c.maxLiability > available) revert EscrowTooSmall(c.maxLiability, available);
        _openLiabilities = (open + c.maxLiability).toUint80();
        record.commitmentRoot = c.commitmentRoot;
        record.maxLiability = c.maxLiability;
        record.commitmentRevision = c.revision;
        record.commitmentTag = _tag(digest);
        emit Committed(
            c.eventId,
            c.revision,
            c.signerSet,
            c.epoch,
            c.deliveryStart,
            c.commitmentRoot,
            c.maxLiability,
            c.dataHash
        );
    }

    /// @notice Post a settlement run: the new root over all lifetime entitlements and its total.
    /// @dev Anyone may send it. The same run again changes nothing and succeeds.
    /// @param s settlement
    /// @param signatures q times 65 bytes, ascending by signer
    function settle(Settlement calldata s, bytes calldata signatures) external whenNotPaused {
        bytes32 digest = hashSettlement(s);
        EventRecord storage record = _events[s.eventId];
        if (record.settlementDigest == digest) return;
        _requireSuccessor(s, record);
        quorum.requireQuorum(s.signerSet, digest, signatures);
        _applyTotal(s, record);
        entitlementRoot = s.entitlementRoot;
        record.runType = s.runType;
        record.settlementRevision = s.revision;
        record.settlementDigest = digest;
        emit Settled(
            s.eventId,
            s.sequence,
            s.revision,
            s.runType,
            s.evidenceRoot,
            s.entitlementRoot,
            s.total,
            s.asOf,
            s.dataHash
        );
    }

    /// @notice Pay a payee the difference between its lifetime entitlement and what it received.
    /// @dev Anyone may send it; the money goes to the payee. Effects come before the transfer.
    /// @param payee receiver named in the leaf
    /// @param lifetime lifetime entitlement in the leaf, base units
    /// @param salt salt of the leaf
    /// @param proof siblings from leaf to root
    function claim(address payee, uint96 lifetime, bytes32 salt, bytes32[] calldata proof)
        external
        whenNotPaused
        nonReentrant
    {
        if (!MerkleProof.verifyCalldata(proof, entitlementRoot, hashEntitlement(payee, lifetime, salt))) {
            revert ProofInvalid(payee);
        }
        uint96 alreadyPaid = paid[payee];
        if (lifetime <= alreadyPaid) revert NothingToClaim(payee, lifetime, alreadyPaid);
        uint96 amount = lifetime - alreadyPaid;
        uint256 paidAfter = uint256(_paidTotal) + amount;
        if (paidAfter > _entitledTotal) revert TotalExceeded(paidAfter, _entitledTotal);
        paid[payee] = lifetime;
        _paidTotal = paidAfter.toUint96();
        emit Claimed(payee, amount, lifetime);
        token.safeTransfer(payee, amount);
    }

    /// @notice Stop commitments, settlements and claims; moves no money and changes no claim.
    function pause() external {
        if (msg.sender != guardian && msg.sender != owner()) revert NotGuardian(msg.sender);
        _state = PAUSED;
        emit Paused(msg.sender);
    }

    /// @notice Go on after a pause.
    function unpause() external onlyOwner {
        _state = RUNNING;
        emit Unpaused(msg.sender);
    }

    /// @notice Name who may pause.
    /// @param guardian_ new guardian; zero means the owner only
    function setGuardian(address guardian_) external onlyOwner {
        guardian = guardian_;
        emit GuardianChanged(guardian_);
    }

    /// @notice Tokens counted into the escrow, less surplus withdrawn; payments do not lower it.
    function funded() external view returns (uint96) {
        return _funded;
    }

    /// @notice Sum of the maximum liabilities of events committed and not yet settled.
    function openLiabilities() external view returns (uint96) {
        return _openLiabilities;
    }

    /// @notice Sum of the lifetime entitlements of the current tree.
    function entitledTotal() external view returns (uint96) {
        return _entitledTotal;
    }

    /// @notice Sum of all payments; never falls.
    function paidTotal() external view returns (uint96) {
        return _paidTotal;
    }

    /// @notice Number of the newest run; zero before the first.
    function sequence() external view returns (uint64) {
        return _sequence;
    }

    /// @notice Whether commitments, settlements and claims are stopped.
    function paused() external view returns (bool) {
        return _state == PAUSED;
    }

    /// @notice Read the commitment of an event; all zero when there is none.
    /// @param eventId event
    /// @return commitmentRoot Merkle root over the orders
    /// @return maxLiability amount locked until the first settlement
    /// @return revision revision that was signed
    /// @return digestPrefix first 15 bytes of the EIP-712 digest, zero padded: binds every other field
    function commitmentOf(bytes32 eventId)
        external
        view
        returns (bytes32 commitmentRoot, uint96 maxLiability, uint16 revision, bytes15 digestPrefix)
    {
        EventRecord storage record = _events[eventId];
        return (record.commitmentRoot, record.maxLiability, record.commitmentRevision, record.commitmentTag);
    }

    /// @notice Read the newest run of an event; all zero when it is not settled.
    /// @param eventId event
    /// @return digest EIP-712 digest of the run: binds every field of it
    /// @return revision revision that was signed
    /// @return runType 1 preliminary, 2 initial, 3 final, 4 late; 0 not settled
    function settlementOf(bytes32 eventId)
        external
        view
        returns (bytes32 digest, uint16 revision, uint8 runType)
    {
        EventRecord storage record = _events[eventId];
        return (record.settlementDigest, record.settlementRevision, record.runType);
    }

    /// @notice EIP-712 digest of a commitment on this chain and contract.
    function hashCommitment(Commitment calldata c) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(COMMITMENT_TYPEHASH, c)));
    }

    /// @notice EIP-712 digest of a settlement on this chain and contract.
    function hashSettlement(Settlement calldata s) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(SETTLEMENT_TYPEHASH, s)));
    }

    /// @notice Leaf of the entitlement tree; hashed twice, so that no inner node can pass as a leaf.
    function hashEntitlement(address payee, uint96 lifetime, bytes32 salt) public pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(payee, lifetime, salt))));
    }

    /// @dev The run must follow the newest one and answer a commitment of the event.
    function _requireSuccessor(Settlement calldata s, EventRecord storage record) private view {
        if (record.commitmentRoot == bytes32(0) || record.commitmentRoot != s.commitmentRoot) {
            revert CommitmentUnknown(s.eventId, s.commitmentRoot);
        }
        uint8 current = record.runType;
        if (s.runType < FIRST_RUN_TYPE || s.runType > LAST_RUN_TYPE || s.runType < current) {
            revert RunTypeInvalid(current, s.runType);
        }
        if (current != 0 && s.revision <= record.settlementRevision) {
            revert RevisionConflict(record.settlementRevision, s.revision);
        }
        uint64 expected = _sequence + 1;
        if (s.sequence != expected) revert SequenceMismatch(expected, s.sequence);
        if (s.previousRoot != entitlementRoot) revert PreviousRootMismatch(entitlementRoot, s.previousRoot);
    }

    /// @dev Moves the totals; the first run of an event releases what its commitment locked.
    function _applyTotal(Settlement calldata s, EventRecord storage record) private {
        uint256 total = s.total;
        uint256 previous = _entitledTotal;
        uint256 open = _openLiabilities;
        if (record.runType == 0) {
            uint256 maxLiability = record.maxLiability;
            if (total > previous + maxLiability) revert LiabilityExceeded(total - previous, maxLiability);
            open -= maxLiability;
            _openLiabilities = open.toUint80();
        }
        if (total < _paidTotal) revert TotalBelowPaid(total, _paidTotal);
        if (total + open > _funded) revert EscrowTooSmall(total + open, _funded);
        _entitledTotal = total.toUint80();
        _sequence = s.sequence;
    }

    /// @dev What fits beside the other fields of the slot: a second digest with the same 120 bits
    /// would still need the signatures of a quorum.
    function _tag(bytes32 digest) private pure returns (bytes15) {
        // forge-lint: disable-next-line(unsafe-typecast)
        return bytes15(digest);
    }

    /// @dev Kept out of the modifier so that its code exists once.
    function _requireNotPaused() private view {
        if (_state == PAUSED) revert LedgerPaused();
    }
}
